//! What a message says, from the template service.

use super::Api;
use crate::domain::{Channel, Clinic, Kind, Letter};
use crate::error::Error;
use bitewing_core::random;
use bitewing_proto::template as pb;
use bitewing_proto::template::template_service_client::TemplateServiceClient;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Call, Violation};
use std::collections::HashMap;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Renders an occasion with a marker where the secret goes: the template service never sees it.
pub(super) async fn letter(
    api: &Api,
    call: &Call,
    occasion: (Kind, Channel),
    language: String,
    variables: HashMap<String, String>,
    (sender, sender_name): (String, String),
) -> Result<Letter, Error> {
    let marker = u128::from_be_bytes(random::bytes(&*api.base.entropy));
    let marker = format!("secret-{marker:032x}");
    let (kind, channel) = occasion;
    let request = pb::RenderTemplateRequest {
        kind: match kind {
            Kind::DocumentLink => pb::TemplateKind::DocumentLink,
            Kind::DocumentCode => pb::TemplateKind::DocumentCode,
            Kind::DocumentLocked => pb::TemplateKind::DocumentLocked,
            Kind::DocumentReplaced => pb::TemplateKind::DocumentReplaced,
        }
        .into(),
        language,
        channel: match channel {
            Channel::Sms => pb::TemplateChannel::Sms,
            Channel::Email => pb::TemplateChannel::Email,
            Channel::Voice => pb::TemplateChannel::Voice,
        }
        .into(),
        variables,
        secret_marker: marker.clone(),
    };
    let mut client = TemplateServiceClient::new(api.template.channel());
    let answer = client
        .render_template(api.template.request(call, request))
        .await;
    let message = answer
        .map_err(refused)?
        .into_inner()
        .message
        .unwrap_or_default();
    Ok(Letter {
        sender,
        sender_name,
        subject: message.subject,
        text: message.text,
        html: message.html,
        language: message.language,
        marker,
    })
}

/// The clinic's name and number, unless the caller gave them.
pub(super) fn known_variables(variables: &mut HashMap<String, String>, clinic: &Clinic) {
    for (name, value) in [
        ("clinic_name", &clinic.card.display_name),
        ("clinic_phone", &clinic.card.phone),
    ] {
        let given = variables.entry(name.to_owned()).or_default();
        if given.trim().is_empty() {
            given.clone_from(value);
        }
    }
}

/// A template that does not take these values is the caller's to mend: its fields are named as ours.
fn refused(status: Status) -> Error {
    let bad = status.get_details_bad_request();
    match (status.code(), bad) {
        (Code::InvalidArgument, Some(bad)) => Error::Invalid(
            bad.field_violations
                .into_iter()
                .map(|violation| Violation::new(violation.field, violation.description))
                .collect(),
        ),
        _ => Error::Peer(PeerError::from(status)),
    }
}
