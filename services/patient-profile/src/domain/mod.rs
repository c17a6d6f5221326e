//! Patients that cannot be wrong, and the rules about them.

mod contact_point;
mod external_id;
mod name;
mod patient;

pub(crate) use contact_point::{ContactPoint, ContactPointKind, LineType, MAX_CONTACT_POINTS};
pub(crate) use external_id::{ExternalId, MAX_EXTERNAL_IDS};
pub(crate) use name::Name;
pub(crate) use patient::{AddressForm, Patient, Profile};
