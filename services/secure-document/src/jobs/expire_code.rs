//! Ends a code when its time is over: its keyed hash goes, and a link nobody opened is as before.

use super::order::CodeToEnd;
use super::told;
use crate::domain::Arrow;
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_core::LinkId;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};

pub(super) struct ExpireCode(pub(super) Vault);

#[async_trait]
impl JobHandler for ExpireCode {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: CodeToEnd = told(job)?;
        let link = LinkId::from_uuid(told.link);
        let mut tx = self.0.store.adopt(lease.begin().await?);
        if tx.expire_code(link, told.challenge).await? {
            tx.move_link(link, Arrow::CodeDied, "").await?;
        }
        Ok(lease.finish(tx.release()).await?)
    }
}
