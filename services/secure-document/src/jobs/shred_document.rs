//! Removes the bytes of a document whose key is destroyed already.

use super::order::AboutDocument;
use super::told;
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};

pub(super) struct ShredDocument(pub(super) Vault);

#[async_trait]
impl JobHandler for ShredDocument {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let id = told::<AboutDocument>(job)?.id();
        let tx = self.0.store.begin(&job.scope()).await?;
        let context = tx.context(id);
        tx.commit().await?;
        self.0
            .blobs
            .delete_version(&context)
            .await
            .map_err(|_| JobError::retry("STORAGE_UNAVAILABLE"))?;
        let tx = lease.begin().await?;
        Ok(lease.finish(tx).await?)
    }
}
