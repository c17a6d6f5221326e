//! Sends a code by text or call.

use super::envelope::{call, envelope};
use super::order::{CodeToSend, follow_code};
use super::told;
use crate::domain::{CodeChannel, Delivery};
use crate::error::Error;
use crate::peers::{Letter, Occasion, Posted};
use crate::store::deliveries::{self, Cargo};
use crate::store::{LinkRef, receipts};
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_rpc::peer::PeerError;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};
use time::OffsetDateTime;
use tonic::Code;
use uuid::Uuid;

pub(super) struct SendCode(pub(super) Vault);

#[async_trait]
impl JobHandler for SendCode {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: CodeToSend = told(job)?;
        let (link, challenge) = (told.about.link(), told.challenge);
        let not_after = OffsetDateTime::from_unix_timestamp(told.expires)
            .map_err(|_| JobError::fatal("MALFORMED_JOB"))?;
        let channel = CodeChannel::read(told.channel).ok_or(JobError::fatal("MALFORMED_JOB"))?;
        let mut tx = self.0.store.begin(&job.scope()).await?;
        let live = tx.is_live(link.id, told.challenge).await?;
        tx.commit().await?;
        let envelope = envelope(&self.0, job, link.id).await?;
        if let Some(envelope) = envelope.filter(|_| live) {
            let letter = Letter {
                occasion: Occasion::Code(channel),
                link,
                language: envelope.language,
                address: envelope.phone,
                variables: envelope.variables,
                secret: told.code.into(),
                not_after,
                request_id: told.challenge.to_string(),
            };
            match self.0.conversation.send(&call(job), letter).await {
                Ok(posted) => return carry(lease, link, challenge, channel, &posted).await,
                Err(Error::Peer(PeerError::Unexpected {
                    code: Code::FailedPrecondition,
                    reason,
                })) => return give_up(lease, link, challenge, channel, &reason).await,
                // Nobody waits for it any more, and the code must not rest in a dead job.
                Err(_) if job.is_last_attempt() => {
                    tracing::warn!(link = %link.id, "a code could not be sent");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let tx = lease.begin().await?;
        Ok(lease.finish(tx).await?)
    }
}

/// Tells the clinic of a code nobody will send: no repetition makes a landline take texts.
async fn give_up(
    lease: JobLease,
    link: LinkRef,
    challenge: Uuid,
    channel: CodeChannel,
    reason: &str,
) -> Result<Outcome, JobError> {
    let mut tx = lease.begin().await?;
    let cargo = Cargo::Code {
        link,
        challenge,
        channel,
    };
    deliveries::arrive(&mut tx, cargo, Delivery::Bounced, reason).await?;
    Ok(lease.finish(tx).await?)
}

/// Notes which message carries the code, and asks later what became of it.
async fn carry(
    lease: JobLease,
    link: LinkRef,
    challenge: Uuid,
    channel: CodeChannel,
    posted: &Posted,
) -> Result<Outcome, JobError> {
    let mut tx = lease.begin().await?;
    let message = posted.message;
    receipts::carry_code(&mut tx, link.id, message.uuid(), challenge, channel).await?;
    if let Some(reached) = posted.reached {
        let cargo = Cargo::Code {
            link,
            challenge,
            channel,
        };
        deliveries::arrive(&mut tx, cargo, reached, &posted.reason).await?;
    }
    tx.enqueue(follow_code(message)).await?;
    Ok(lease.finish(tx).await?)
}
