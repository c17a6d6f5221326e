//! Handing a message with a secret to conversation.

use super::order;
use crate::store::LinkRef;
use crate::vault::Vault;
use bitewing_auth::{Clinics, Service};
use bitewing_core::{Language, LinkId};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::dispatch_service_client::DispatchServiceClient;
use bitewing_proto::template::TemplateKind;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Call, Failure as _};
use bitewing_store::jobs::{Job, JobError};
use std::collections::HashMap;
use time::OffsetDateTime;

/// A message to hand over.
pub(super) struct Letter {
    pub(super) kind: TemplateKind,
    pub(super) channel: pb::Channel,
    pub(super) link: LinkRef,
    pub(super) language: Language,
    pub(super) address: String,
    pub(super) variables: HashMap<String, String>,
    pub(super) secret: String,
    pub(super) not_after: OffsetDateTime,
    /// What makes a repeated hand-over the same message.
    pub(super) request_id: String,
}

/// What a letter about a link says beside its secret.
pub(super) struct Envelope {
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) language: Language,
    pub(super) variables: HashMap<String, String>,
    pub(super) expires_at: OffsetDateTime,
}

/// Addresses and words of a link that still opens; `None` once it does not.
pub(super) async fn envelope(
    vault: &Vault,
    job: &Job,
    id: LinkId,
) -> Result<Option<Envelope>, JobError> {
    let mut tx = vault.store.begin(&job.scope()).await?;
    let Some(link) = tx.link(id, None).await?.filter(|link| link.state.opens()) else {
        return Ok(None);
    };
    let now = tx.now().await?;
    let settings = tx.settings().await?;
    let clinic = tx.clinic(link.clinic).await?;
    tx.commit().await?;
    if link.expires_at <= now {
        return Ok(None);
    }
    let (clinic_name, clinic_phone) = clinic
        .map(|clinic| (clinic.display_name, clinic.phone))
        .unwrap_or_default();
    let date = link.expires_at.date();
    let variables = [
        ("patient_name", link.recipient.name),
        ("clinic_name", clinic_name),
        ("clinic_phone", clinic_phone),
        ("organization_name", settings.display_name),
        ("expires_on", date.to_string()),
        ("host", vault.public_url.host().to_owned()),
    ];
    Ok(Some(Envelope {
        email: link.recipient.email.as_str().to_owned(),
        phone: link.recipient.phone.e164().to_owned(),
        language: link.language,
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        expires_at: link.expires_at,
    }))
}

/// Hands a letter over; a repeated hand-over answers the first message.
pub(super) async fn hand_over(
    vault: &Vault,
    job: &Job,
    letter: Letter,
) -> Result<pb::Message, JobError> {
    let request = pb::SendTransactionalRequest {
        kind: letter.kind.into(),
        channel: letter.channel.into(),
        clinic_id: letter.link.clinic.to_string(),
        patient_id: letter.link.patient.to_string(),
        language: letter.language.tag().to_owned(),
        address: letter.address,
        variables: letter.variables,
        secret: letter.secret,
        not_after: Some(to_timestamp(letter.not_after)),
        request_id: letter.request_id,
    };
    let peer = vault.base.peer(Service::Conversation);
    let answer = DispatchServiceClient::new(peer.channel())
        .send_transactional(peer.request(&call(job), request))
        .await
        .map_err(refused)?;
    answer
        .into_inner()
        .message
        .ok_or(JobError::retry("NO_MESSAGE"))
}

/// Asks where a message has got to.
pub(super) async fn ask(vault: &Vault, job: &Job, message: &str) -> Result<pb::Message, JobError> {
    let request = pb::GetDispatchRequest {
        message_id: message.to_owned(),
    };
    let peer = vault.base.peer(Service::Conversation);
    let answer = DispatchServiceClient::new(peer.channel())
        .get_dispatch(peer.request(&call(job), request))
        .await
        .map_err(refused)?;
    answer
        .into_inner()
        .message
        .ok_or(JobError::retry("NO_MESSAGE"))
}

/// The call a job makes: its organization, its purpose, and nobody behind it.
fn call(job: &Job) -> Call {
    Call::of_job(
        Service::SecureDocument,
        job.scope(),
        Clinics::All,
        &job.purpose,
        job.id.to_string(),
    )
}

fn refused(status: tonic::Status) -> JobError {
    let error = PeerError::from(status);
    if let PeerError::Unexpected { code, reason } = &error {
        tracing::warn!(?code, reason, "conversation refused a letter");
    }
    JobError::retry(error.reason())
}

/// Where a message that was just handed over, or asked about, shows its mail to be.
pub(super) fn reached(message: &pb::Message) -> Option<crate::domain::Delivery> {
    use crate::domain::Delivery;
    match message.state() {
        pb::MessageState::Accepted => Some(Delivery::Accepted),
        pb::MessageState::Delivered => Some(Delivery::Delivered),
        pb::MessageState::Failed | pb::MessageState::Expired => Some(Delivery::Bounced),
        pb::MessageState::Unspecified
        | pb::MessageState::Queued
        | pb::MessageState::Sending
        | pb::MessageState::Ambiguous => None,
    }
}

/// The follow-up of a letter.
pub(super) use order::follow_link;
