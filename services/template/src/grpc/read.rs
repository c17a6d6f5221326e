//! From wire to domain.

use crate::domain::{Channel, Kind, Slot, Values, Wording};
use crate::error::Error;
use bitewing_core::{Language, TemplateId};
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};
use std::collections::HashMap;

const MAX_VARIABLES: usize = 50;
const MAX_VALUE: usize = 500;

pub(super) fn kind(value: i32) -> Result<Kind, FieldError> {
    match field::one_of(value)? {
        pb::TemplateKind::DocumentLink => Ok(Kind::DocumentLink),
        pb::TemplateKind::DocumentCode => Ok(Kind::DocumentCode),
        pb::TemplateKind::DocumentLocked => Ok(Kind::DocumentLocked),
        pb::TemplateKind::DocumentReplaced => Ok(Kind::DocumentReplaced),
        pb::TemplateKind::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn channel(value: i32) -> Result<Channel, FieldError> {
    match field::one_of(value)? {
        pb::TemplateChannel::Sms => Ok(Channel::Sms),
        pb::TemplateChannel::Email => Ok(Channel::Email),
        pb::TemplateChannel::Voice => Ok(Channel::Voice),
        pb::TemplateChannel::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn template_id(text: &str, path: &str) -> Result<TemplateId, Vec<Violation>> {
    field::id(text).map_err(|error| vec![Violation::new(path, error)])
}

/// Reads kind, language and channel of `template`.
pub(super) fn slot(template: &pb::Template) -> Result<Slot, Vec<Violation>> {
    let mut fields = Fields::new();
    let kind = fields.take("template.kind", kind(template.kind));
    let language = fields.take("template.language", template.language.parse::<Language>());
    let channel = fields.take("template.channel", channel(template.channel));
    let (kind, language, channel) = bitewing_rpc::all!(fields, kind, language, channel)?;
    Slot::new(kind, language, channel)
        .map_err(|error| vec![Violation::new("template.channel", error)])
}

/// Reads subject and body of `template`.
pub(super) fn wording(slot: Slot, subject: &str, body: &str) -> Result<Wording, Error> {
    Wording::parse(slot, subject, body).map_err(Error::of_flaws)
}

/// Reads values by name: one line each, so that no value can pretend to be another line of the
/// message. An empty one is none: only a wording that places it is refused.
pub(super) fn values(fields: &mut Fields, sent: HashMap<String, String>) -> Values {
    if sent.len() > MAX_VARIABLES {
        fields.note("variables", FieldError::TooMany(MAX_VARIABLES));
        return Values::new();
    }
    let mut values = Values::new();
    for (name, value) in sent {
        let known = Kind::ALL
            .into_iter()
            .flat_map(Kind::variables)
            .find(|known| **known == name);
        // The name of a stranger is not repeated to whoever sent it.
        let path = known.map_or_else(
            || "variables".to_owned(),
            |name| format!("variables.{name}"),
        );
        if let Some(value) = fields
            .take(path, field::optional_text(&value, MAX_VALUE))
            .flatten()
        {
            values.insert(name, value);
        }
    }
    values
}
