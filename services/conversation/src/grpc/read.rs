//! From wire to domain.

use crate::domain::{Channel, ClinicCard, Kind, Resolution, State};
use bitewing_core::Language;
use bitewing_core::id::TypedId;
use bitewing_proto::conversation as pb;
use bitewing_proto::template::TemplateKind;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};

/// Reads the one identifier of a request.
pub(super) fn id<T: TypedId>(text: &str, path: &str) -> Result<T, Vec<Violation>> {
    field::id(text).map_err(|error| vec![Violation::new(path, error)])
}

pub(super) fn channel(value: i32) -> Result<Channel, FieldError> {
    match field::one_of(value)? {
        pb::Channel::Sms => Ok(Channel::Sms),
        pb::Channel::Email => Ok(Channel::Email),
        pb::Channel::Voice => Ok(Channel::Voice),
        pb::Channel::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn kind(value: i32) -> Result<Kind, FieldError> {
    match field::one_of(value)? {
        TemplateKind::DocumentLink => Ok(Kind::DocumentLink),
        TemplateKind::DocumentCode => Ok(Kind::DocumentCode),
        TemplateKind::DocumentLocked => Ok(Kind::DocumentLocked),
        TemplateKind::DocumentReplaced => Ok(Kind::DocumentReplaced),
        TemplateKind::Unspecified => Err(FieldError::Required),
    }
}

/// Reads a state to list; zero is every state.
pub(super) fn state(value: i32) -> Result<Option<State>, FieldError> {
    Ok(match field::optional_one_of(value)? {
        None | Some(pb::MessageState::Unspecified) => None,
        Some(pb::MessageState::Queued) => Some(State::Queued),
        Some(pb::MessageState::Sending) => Some(State::Sending),
        Some(pb::MessageState::Accepted) => Some(State::Accepted),
        Some(pb::MessageState::Delivered) => Some(State::Delivered),
        Some(pb::MessageState::Failed) => Some(State::Failed),
        Some(pb::MessageState::Ambiguous) => Some(State::Ambiguous),
        Some(pb::MessageState::Expired) => Some(State::Expired),
        Some(pb::MessageState::Sent) => Some(State::Sent),
        Some(pb::MessageState::Held) => Some(State::Held),
    })
}

/// Reads a clinic, noting every violation.
pub(super) fn clinic(clinic: &pb::Clinic) -> Result<ClinicCard, Vec<Violation>> {
    let mut fields = Fields::new();
    let name = fields.take(
        "clinic.display_name",
        field::text(&clinic.display_name, 1..=120),
    );
    let zone = fields.take(
        "clinic.time_zone",
        ClinicCard::parse_zone(&clinic.time_zone),
    );
    let region = fields.take("clinic.region", ClinicCard::parse_region(&clinic.region));
    let own = region.as_deref().unwrap_or_default();
    let phone = fields.take("clinic.phone", ClinicCard::parse_phone(&clinic.phone, own));
    let language = fields.take("clinic.language", clinic.language.parse::<Language>());
    let address = fields.take("clinic.address", field::text(&clinic.address, 0..=500));
    let email = fields.take("clinic.email", ClinicCard::parse_email(&clinic.email));
    let (display_name, time_zone, region, phone, language, address, email) =
        bitewing_rpc::all!(fields, name, zone, region, phone, language, address, email)?;
    Ok(ClinicCard {
        display_name,
        time_zone,
        phone,
        region,
        language,
        address,
        email,
    })
}

pub(super) fn resolution(value: i32) -> Result<Resolution, FieldError> {
    match field::one_of(value)? {
        pb::Resolution::Resend => Ok(Resolution::Resend),
        pb::Resolution::ConsiderSent => Ok(Resolution::ConsiderSent),
        pb::Resolution::ConsiderFailed => Ok(Resolution::ConsiderFailed),
        pb::Resolution::Unspecified => Err(FieldError::Required),
    }
}
