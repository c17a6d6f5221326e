//! Gives an upload up that nobody went on with for a day: its key goes first, then its bytes.

use super::order::{AboutDocument, UPLOAD_REST_HOURS, shred_document};
use super::told;
use crate::store::{Author, trail};
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_store::jobs::{Due, Job, JobError, JobHandler, JobLease, Outcome};
use serde_json::json;
use std::time::Duration;

pub(super) struct ExpireUpload(pub(super) Vault);

/// How often an upload that goes on is looked at again.
const AGAIN: Duration = Duration::from_hours(1);

#[async_trait]
impl JobHandler for ExpireUpload {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let id = told::<AboutDocument>(job)?.id();
        let mut tx = self.0.store.adopt(lease.begin().await?);
        match tx.has_rested(id, UPLOAD_REST_HOURS).await? {
            None => {}
            Some(false) => return Ok(lease.postpone(tx.release(), Due::In(AGAIN)).await?),
            Some(true) => {
                let document = tx.document(id, None).await?;
                if let Some(document) = document
                    && tx.shred_document(id, "UPLOAD_ABANDONED").await?
                {
                    let author = Author::service(job.kind);
                    let details = json!({ "reason": "UPLOAD_ABANDONED" });
                    trail::document(
                        &mut tx,
                        &author,
                        "document.shredded",
                        id,
                        document.clinic,
                        details,
                    )
                    .await?;
                    tx.enqueue(shred_document(id)).await?;
                }
            }
        }
        Ok(lease.finish(tx.release()).await?)
    }
}
