//! Clinics, accounts and messages that cannot be wrong, and the rules about them.

mod account;
mod address;
mod backoff;
mod channel;
mod check;
mod clinic;
pub(crate) mod delivery;
pub(crate) mod dispatch;
mod endpoint;
mod logo;
mod message;
mod secret;
mod smtp;
mod twilio;

pub(crate) use account::{Account, Contract, Credential, ProviderKind, Route, TwilioSecrets};
pub(crate) use address::Address;
pub use backoff::Backoff;
pub(crate) use channel::{Channel, Kind};
pub(crate) use check::{Approver, Check, Decision, Insistence, Step, decide};
pub(crate) use clinic::{Clinic, ClinicCard};
pub(crate) use delivery::News;
pub(crate) use dispatch::{Heard, Plan, Reason, Situation, State};
pub(crate) use endpoint::Endpoint;
pub(crate) use logo::Logo;
pub(crate) use message::{Message, Resolution};
pub(crate) use secret::{Content, Letter};
pub(crate) use smtp::{ReturnPath, SmtpHost, SmtpSecurity, SmtpSettings, ascii_domain};
pub(crate) use twilio::{Place, PlaceName, Sid, TwilioSettings};
