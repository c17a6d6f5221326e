//! The services this one asks: what it wants to know of them, in its own words.

mod conversation;
mod patient_profile;

pub(crate) use conversation::{Conversation, Letter, Occasion, Posted};
pub(crate) use patient_profile::{Patient, PatientProfile};
