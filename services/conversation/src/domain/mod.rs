//! Clinics, accounts and messages that cannot be wrong, and the rules about them.

mod account;
mod address;
mod backoff;
mod channel;
mod clinic;
pub(crate) mod dispatch;
mod message;
mod secret;

pub(crate) use account::{Account, Contract, Endpoint, ProviderKind, Route};
pub(crate) use address::Address;
pub use backoff::Backoff;
pub(crate) use channel::{Channel, Kind};
pub(crate) use clinic::{Clinic, ClinicCard};
pub(crate) use dispatch::{Heard, Plan, Reason, Situation, State};
pub(crate) use message::{Message, Resolution};
pub(crate) use secret::{Content, Letter};
