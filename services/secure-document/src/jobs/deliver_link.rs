//! Sends a new link to its patient.

use super::dispatch::{Letter, envelope, follow_link, hand_over, reached};
use super::order::LinkToSend;
use super::told;
use crate::domain::Delivery;
use crate::store::deliveries;
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_core::MessageId;
use bitewing_proto::conversation::Channel;
use bitewing_proto::template::TemplateKind;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};

pub(super) struct DeliverLink(pub(super) Vault);

#[async_trait]
impl JobHandler for DeliverLink {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: LinkToSend = told(job)?;
        let link = told.about.link();
        let Some(envelope) = envelope(&self.0, job, link.id).await? else {
            // Ended before it was sent: nothing is left of its token.
            let tx = lease.begin().await?;
            return Ok(lease.finish(tx).await?);
        };
        let letter = Letter {
            kind: TemplateKind::DocumentLink,
            channel: Channel::Email,
            link,
            language: envelope.language,
            address: envelope.email,
            variables: envelope.variables,
            secret: format!("{}/d#{}", self.0.public_url, told.token),
            not_after: envelope.expires_at,
            request_id: link.id.to_string(),
        };
        let message = match hand_over(&self.0, job, letter).await {
            Ok(message) => message,
            // The last run failed: staff learns that the mail will not arrive, and the token goes.
            Err(_) if job.is_last_attempt() => {
                let mut tx = lease.begin().await?;
                deliveries::reach(&mut tx, link, Delivery::Bounced, "DISPATCH_FAILED").await?;
                return Ok(lease.finish(tx).await?);
            }
            Err(error) => return Err(error),
        };
        let id: MessageId = message
            .message_id
            .parse()
            .map_err(|_| JobError::retry("MALFORMED_MESSAGE"))?;
        let mut tx = lease.begin().await?;
        deliveries::carry(&mut tx, link.id, id).await?;
        if let Some(delivery) = reached(&message) {
            deliveries::reach(&mut tx, link, delivery, &message.reason).await?;
        }
        tx.enqueue(follow_link(link, id)).await?;
        Ok(lease.finish(tx).await?)
    }
}
