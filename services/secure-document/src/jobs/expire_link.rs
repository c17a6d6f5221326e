//! Ends a link when its time is over, by the database's clock.

use super::order::AboutLink;
use super::told;
use crate::domain::Arrow;
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::store::{Author, trail};
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};
use serde_json::json;

pub(super) struct ExpireLink(pub(super) Vault);

#[async_trait]
impl JobHandler for ExpireLink {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let link = told::<AboutLink>(job)?.link();
        let mut tx = self.0.store.adopt(lease.begin().await?);
        if tx.end_link(link.id, Arrow::Expire, "").await?.is_some() {
            let author = Author::service(job.kind);
            let happened = Happened::new(ReceiptKind::Expired);
            trail::link(&mut tx, &author, link, &happened, json!({})).await?;
        }
        Ok(lease.finish(tx.release()).await?)
    }
}
