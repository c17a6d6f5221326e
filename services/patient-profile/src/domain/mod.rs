//! Patients that cannot be wrong, and the rules about them.

pub(crate) mod caller;
mod code;
pub(crate) mod consent;
mod contact_point;
mod erasure;
mod external_id;
mod field;
pub(crate) mod fold;
pub(crate) mod guide;
pub(crate) mod import;
mod merge;
pub(crate) mod mirror;
mod money;
mod name;
mod patient;
mod preference;
mod profile;
mod relation;
pub(crate) mod reply;
pub(crate) mod search;
mod source;
mod stamp;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod visit;

pub(crate) use code::{
    AddressForm, Code, ContactChannel, ContactPointKind, Gender, Generation, LineType, PointUse,
    RelationKind, UnreachableReason, code_or_zero,
};
pub(crate) use contact_point::{
    Address, ClosedPoint, ContactPoint, MAX_CONTACT_POINTS, PointDraft, Unreachable, Verification,
    handle,
};
pub(crate) use erasure::{Erasure, KeptKey};
pub(crate) use external_id::{ExternalId, MAX_EXTERNAL_IDS};
pub(crate) use field::Field;
pub(crate) use merge::{MergeError, Moved, merge, unmerge};
pub(crate) use money::is_currency;
pub(crate) use name::Name;
pub(crate) use patient::{Change, Patient};
pub(crate) use profile::{Draft, MAX_NOTES, Profile};
pub(crate) use relation::{Child, MAX_CHILDREN, MAX_RELATIONS, Related, Relation};
pub(crate) use search::{Criteria, Driver};
pub(crate) use source::{HERE, Source, Sources};
pub(crate) use stamp::Stamp;
