//! From wire to domain, for wordings.

use crate::domain::phrasebook::{self, Medium, Moment, Occasion, Register};
use bitewing_proto::template as pb;
use bitewing_rpc::Fields;
use bitewing_rpc::field::{self, FieldError};
use std::collections::{BTreeMap, HashMap};

const MAX_VARIABLES: usize = 50;

/// What a channel of another kind is told.
pub(super) const NOT_A_CHANNEL: &str = "must be a channel of the kind";

pub(super) fn kind(name: &str) -> Result<&'static Occasion, &'static str> {
    phrasebook::kind(name).ok_or("must be a kind of ListWordingKinds")
}

pub(super) const fn register_of(register: pb::WordingRegister) -> Option<Register> {
    match register {
        pb::WordingRegister::Formal => Some(Register::Formal),
        pb::WordingRegister::Informal => Some(Register::Informal),
        pb::WordingRegister::Unspecified => None,
    }
}

pub(super) const fn medium_of(channel: pb::WordingChannel) -> Option<Medium> {
    match channel {
        pb::WordingChannel::Sms => Some(Medium::Sms),
        pb::WordingChannel::Chat => Some(Medium::Chat),
        pb::WordingChannel::Email => Some(Medium::Email),
        pb::WordingChannel::Voice => Some(Medium::Voice),
        pb::WordingChannel::Unspecified => None,
    }
}

pub(super) fn register(value: i32) -> Result<Register, FieldError> {
    register_of(field::one_of(value)?).ok_or(FieldError::Required)
}

pub(super) fn medium(value: i32) -> Result<Medium, FieldError> {
    medium_of(field::one_of(value)?).ok_or(FieldError::Required)
}

pub(super) fn local_time(text: &str) -> Result<Option<Moment>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let moment = phrasebook::moment(text).ok_or("must be a date and a time as 2027-03-02T12:00")?;
    Ok(Some(moment))
}

/// Takes values by name. What no wording knows is left aside: callers give what they have.
pub(super) fn values(
    fields: &mut Fields,
    sent: HashMap<String, String>,
) -> BTreeMap<String, String> {
    if sent.len() > MAX_VARIABLES {
        fields.note("variables", FieldError::TooMany(MAX_VARIABLES));
        return BTreeMap::new();
    }
    sent.into_iter()
        .filter(|(name, _)| phrasebook::variable(name).is_some())
        .collect()
}
