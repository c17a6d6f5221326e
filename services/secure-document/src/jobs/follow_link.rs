//! Asks what became of the mail of a link: its first events may have come before the link knew which
//! message carries it.

use super::envelope::call;
use super::order::LinkToFollow;
use super::told;
use crate::store::deliveries;
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_core::MessageId;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};

pub(super) struct FollowLink(pub(super) Vault);

#[async_trait]
impl JobHandler for FollowLink {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: LinkToFollow = told(job)?;
        let message = MessageId::from_uuid(told.message);
        let posted = self.0.conversation.ask(&call(job), message).await?;
        let mut tx = lease.begin().await?;
        if let Some(delivery) = posted.reached {
            deliveries::reach(&mut tx, told.about.link(), delivery, &posted.reason).await?;
        }
        Ok(lease.finish(tx).await?)
    }
}
