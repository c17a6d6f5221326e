//! Conversation, which sends messages with a secret in them.

use crate::domain::{CodeChannel, Delivery};
use crate::error::Error;
use crate::store::LinkRef;
use bitewing_auth::Service;
use bitewing_core::{Language, MessageId, Sensitive};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::dispatch_service_client::DispatchServiceClient;
use bitewing_proto::template::TemplateKind;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Call, Peer};
use bitewing_runtime::Base;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Conversation.
#[derive(Debug, Clone)]
pub(crate) struct Conversation(Peer);

/// Why a letter is written, which says how it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Occasion {
    /// A link waits: by e-mail.
    Link,
    /// A code was asked for: by text or call.
    Code(CodeChannel),
    /// A link is locked: by e-mail to the clinic.
    Locked,
    /// A link was replaced: by text or e-mail to the address it used before.
    Replaced {
        /// By text.
        text: bool,
    },
}

/// A message to hand over.
pub(crate) struct Letter {
    pub(crate) occasion: Occasion,
    pub(crate) link: LinkRef,
    pub(crate) language: Language,
    pub(crate) address: String,
    pub(crate) variables: HashMap<String, String>,
    pub(crate) secret: Sensitive<String>,
    pub(crate) not_after: OffsetDateTime,
    /// What makes a repeated hand-over the same message.
    pub(crate) request_id: String,
}

/// A message that was handed over.
pub(crate) struct Posted {
    pub(crate) message: MessageId,
    /// Where it has got to, where that says something about its arrival.
    pub(crate) reached: Option<Delivery>,
    /// Why, where it will not arrive.
    pub(crate) reason: String,
}

impl Conversation {
    pub(crate) fn new(base: &Base) -> Self {
        Self(base.peer(Service::Conversation))
    }

    /// Hands a letter over; a repeated hand-over answers the first message.
    pub(crate) async fn send(&self, call: &Call, letter: Letter) -> Result<Posted, Error> {
        let (kind, channel) = match letter.occasion {
            Occasion::Link => (TemplateKind::DocumentLink, pb::Channel::Email),
            Occasion::Code(CodeChannel::Sms) => (TemplateKind::DocumentCode, pb::Channel::Sms),
            Occasion::Code(CodeChannel::Voice) => (TemplateKind::DocumentCode, pb::Channel::Voice),
            Occasion::Locked => (TemplateKind::DocumentLocked, pb::Channel::Email),
            Occasion::Replaced { text: true } => (TemplateKind::DocumentReplaced, pb::Channel::Sms),
            Occasion::Replaced { text: false } => {
                (TemplateKind::DocumentReplaced, pb::Channel::Email)
            }
        };
        let request = pb::SendTransactionalRequest {
            kind: kind.into(),
            channel: channel.into(),
            clinic_id: letter.link.clinic.to_string(),
            patient_id: letter.link.patient.to_string(),
            language: letter.language.tag().to_owned(),
            address: letter.address,
            variables: letter.variables,
            secret: letter.secret.expose().clone(),
            not_after: Some(to_timestamp(letter.not_after)),
            request_id: letter.request_id,
        };
        let answer = DispatchServiceClient::new(self.0.channel())
            .send_transactional(self.0.request(call, request))
            .await
            .map_err(PeerError::from)?;
        read(answer.into_inner().message)
    }

    /// Asks where a message has got to.
    pub(crate) async fn ask(&self, call: &Call, message: MessageId) -> Result<Posted, Error> {
        let request = pb::GetDispatchRequest {
            message_id: message.to_string(),
        };
        let answer = DispatchServiceClient::new(self.0.channel())
            .get_dispatch(self.0.request(call, request))
            .await
            .map_err(PeerError::from)?;
        read(answer.into_inner().message)
    }
}

fn read(message: Option<pb::Message>) -> Result<Posted, Error> {
    let message = message.unwrap_or_default();
    let reached = match message.state() {
        pb::MessageState::Accepted | pb::MessageState::Sent => Some(Delivery::Accepted),
        pb::MessageState::Delivered => Some(Delivery::Delivered),
        pb::MessageState::Failed | pb::MessageState::Expired => Some(Delivery::Bounced),
        pb::MessageState::Unspecified
        | pb::MessageState::Queued
        | pb::MessageState::Sending
        | pb::MessageState::Ambiguous
        | pb::MessageState::Held => None,
    };
    let id = message
        .message_id
        .parse()
        .map_err(|_| PeerError::Unavailable)?;
    Ok(Posted {
        message: id,
        reached,
        reason: message.reason,
    })
}
