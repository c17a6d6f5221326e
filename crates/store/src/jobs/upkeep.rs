//! What keeps a leased job leased, and what happens when its worker fails or goes away.

use super::Job;
use crate::{Db, StoreError};
use std::convert::Infallible;
use std::time::Duration;

impl Db {
    /// Renews the lease of a running job for as long as it is polled. Once the lease is lost it only
    /// waits: the run ends by itself, and its commit is refused.
    pub(super) async fn keep_job(&self, job: &Job, epoch: i64, lease: Duration) -> Infallible {
        loop {
            tokio::time::sleep(lease / 3).await;
            let kept = sqlx::query!(
                "UPDATE store.job
                 SET lease_until = clock_timestamp() + make_interval(secs => $4)
                 WHERE organization_id = $1 AND id = $2 AND epoch = $3 AND state = 1",
                job.organization.uuid(),
                job.id.uuid(),
                epoch,
                lease.as_secs_f64(),
            )
            .execute(self.worker_pool())
            .await;
            match kept {
                Ok(kept) if kept.rows_affected() == 0 => return std::future::pending().await,
                Ok(_) => {}
                Err(error) => {
                    let error = StoreError::from(error);
                    tracing::warn!(job = %job.id, %error, "lease not renewed");
                }
            }
        }
    }

    /// Records a failed run, unless the job is somebody else's by now.
    pub(super) async fn fail_job(
        &self,
        job: &Job,
        epoch: i64,
        reason: &str,
        died: bool,
        delay: Duration,
    ) -> Result<bool, StoreError> {
        let failed = sqlx::query!(
            "UPDATE store.job
             SET state = CASE WHEN $5 THEN 2 ELSE 0 END, lease_until = NULL, last_error = $4,
                 run_at = clock_timestamp() + make_interval(secs => $6)
             WHERE organization_id = $1 AND id = $2 AND epoch = $3 AND state = 1",
            job.organization.uuid(),
            job.id.uuid(),
            epoch,
            reason,
            died,
            delay.as_secs_f64(),
        )
        .execute(self.worker_pool())
        .await?;
        Ok(failed.rows_affected() == 1)
    }

    /// Makes jobs ready again whose worker gave no sign of life until its lease ended; one that had
    /// its last attempt is put aside.
    pub(super) async fn rescue_jobs(&self) -> Result<u64, StoreError> {
        let rescued = sqlx::query!(
            "WITH gone AS (
                 SELECT organization_id, id FROM store.job
                 WHERE state = 1 AND lease_until <= (SELECT clock_timestamp())
                 FOR UPDATE SKIP LOCKED
             )
             UPDATE store.job j
             SET state = CASE WHEN attempt >= max_attempts THEN 2 ELSE 0 END,
                 lease_until = NULL, last_error = 'LEASE_EXPIRED'
             FROM gone WHERE j.organization_id = gone.organization_id AND j.id = gone.id"
        )
        .execute(self.worker_pool())
        .await?;
        Ok(rescued.rows_affected())
    }
}
