//! Asks what became of the message that brings a link or a code: its first events may have come before
//! it was known which message that is.

use super::envelope::call;
use super::order::MessageToFollow;
use super::told;
use crate::store::deliveries;
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_core::MessageId;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};

pub(super) struct FollowMessage(pub(super) Vault);

#[async_trait]
impl JobHandler for FollowMessage {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: MessageToFollow = told(job)?;
        let message = MessageId::from_uuid(told.message);
        let posted = self.0.conversation.ask(&call(job), message).await?;
        let mut tx = lease.begin().await?;
        if let Some(delivery) = posted.reached
            && let Some(cargo) = deliveries::cargo_of(&mut tx, message).await?
        {
            deliveries::arrive(&mut tx, cargo, delivery, &posted.reason).await?;
        }
        Ok(lease.finish(tx).await?)
    }
}
