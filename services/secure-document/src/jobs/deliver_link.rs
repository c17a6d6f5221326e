//! Sends a new link to its patient.

use super::envelope::{call, envelope};
use super::order::{LinkToSend, follow_link};
use super::told;
use crate::domain::Delivery;
use crate::peers::{Letter, Occasion};
use crate::store::deliveries;
use crate::vault::Vault;
use async_trait::async_trait;
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
            occasion: Occasion::Link,
            link,
            language: envelope.language,
            address: envelope.email,
            variables: envelope.variables,
            secret: format!("{}/d#{}", self.0.public_url, told.token).into(),
            not_after: envelope.expires_at,
            request_id: link.id.to_string(),
        };
        let posted = match self.0.conversation.send(&call(job), letter).await {
            Ok(posted) => posted,
            // The last run failed: staff learns that the mail will not arrive, and the token goes.
            Err(_) if job.is_last_attempt() => {
                let mut tx = lease.begin().await?;
                deliveries::reach(&mut tx, link, Delivery::Bounced, "DISPATCH_FAILED").await?;
                return Ok(lease.finish(tx).await?);
            }
            Err(error) => return Err(error.into()),
        };
        let mut tx = lease.begin().await?;
        deliveries::carry(&mut tx, link.id, posted.message).await?;
        if let Some(delivery) = posted.reached {
            deliveries::reach(&mut tx, link, delivery, &posted.reason).await?;
        }
        tx.enqueue(follow_link(link, posted.message)).await?;
        Ok(lease.finish(tx).await?)
    }
}
