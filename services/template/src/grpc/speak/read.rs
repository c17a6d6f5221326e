//! From wire to domain, for wordings.

use crate::domain::phrasebook::{self, Medium, Message, Moment, Register};
use bitewing_core::WordingId;
use bitewing_proto::template as pb;
use bitewing_rpc::Fields;
use bitewing_rpc::field::{self, FieldError};
use std::collections::{BTreeMap, HashMap};

const MAX_VARIABLES: usize = 50;
/// How the names of kinds begin that chains made: no kind of the library ever does.
const OWN_KIND: &str = "own-";
/// Characters of such a name.
const MAX_KIND: usize = 54;

/// What a channel of another kind is told.
pub(in crate::grpc) const NOT_A_CHANNEL: &str = "must be a channel of the kind";

/// The name of a kind: one of the library's, or one that a chain may have made.
pub(in crate::grpc) fn kind(name: &str) -> Result<&str, &'static str> {
    if is_own_kind(name) || phrasebook::kind(name).is_some() {
        Ok(name)
    } else {
        Err("must be a kind of ListWordingKinds")
    }
}

/// Whether a chain may make a kind of this name.
pub(super) fn is_own_kind(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let rest = name.strip_prefix(OWN_KIND).unwrap_or_default();
    !rest.is_empty() && name.len() <= MAX_KIND && rest.bytes().all(allowed)
}

/// A message with the own wording it was made of.
pub(in crate::grpc) fn rendered(
    message: Message,
    own: Option<(WordingId, i32)>,
) -> pb::RenderedWording {
    let mut rendered = pb::RenderedWording::from(message);
    if let Some((id, version)) = own {
        rendered.wording_id = id.to_string();
        rendered.version = version;
    }
    rendered
}

pub(in crate::grpc) const fn register_of(register: pb::WordingRegister) -> Option<Register> {
    match register {
        pb::WordingRegister::Formal => Some(Register::Formal),
        pb::WordingRegister::Informal => Some(Register::Informal),
        pb::WordingRegister::Unspecified => None,
    }
}

pub(in crate::grpc) const fn medium_of(channel: pb::WordingChannel) -> Option<Medium> {
    match channel {
        pb::WordingChannel::Sms => Some(Medium::Sms),
        pb::WordingChannel::Chat => Some(Medium::Chat),
        pb::WordingChannel::Email => Some(Medium::Email),
        pb::WordingChannel::Voice => Some(Medium::Voice),
        pb::WordingChannel::Unspecified => None,
    }
}

pub(in crate::grpc) fn register(value: i32) -> Result<Register, FieldError> {
    register_of(field::one_of(value)?).ok_or(FieldError::Required)
}

pub(in crate::grpc) fn medium(value: i32) -> Result<Medium, FieldError> {
    medium_of(field::one_of(value)?).ok_or(FieldError::Required)
}

pub(in crate::grpc) fn local_time(text: &str) -> Result<Option<Moment>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let moment = phrasebook::moment(text).ok_or("must be a date and a time as 2027-03-02T12:00")?;
    Ok(Some(moment))
}

/// Takes values by name. What no wording knows is left aside: callers give what they have.
pub(in crate::grpc) fn values(
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
