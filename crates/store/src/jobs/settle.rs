//! How a run ends: in the transaction of its effect, or not at all.

use super::{Due, Job};
use crate::{Db, StoreError, Tx};

/// The right to end one run of one job. It is fenced: once another worker claimed the job, or
/// somebody cancelled it, nothing this run does can be committed.
#[derive(Debug)]
pub struct JobLease {
    pub(super) db: Db,
    pub(super) job: Job,
    pub(super) epoch: i64,
}

/// How a run ended; only [`JobLease`] makes one, once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Outcome(pub(super) Ending);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Finished,
    Postponed,
    Retried,
    Died,
}

impl JobLease {
    /// Opens a transaction on the rows of the job's organization.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.db.begin(&self.job.scope()).await
    }

    /// Commits the effect and with it the end of the job.
    pub async fn finish(self, mut tx: Tx) -> Result<Outcome, StoreError> {
        let done = sqlx::query!(
            "DELETE FROM store.job
             WHERE organization_id = $1 AND id = $2 AND epoch = $3 AND state = 1",
            self.job.organization.uuid(),
            self.job.id.uuid(),
            self.epoch,
        )
        .execute(tx.conn())
        .await?;
        self.commit(tx, done.rows_affected(), Ending::Finished)
            .await
    }

    /// Commits the effect and another time for the job; the run does not count as an attempt.
    pub async fn postpone(self, mut tx: Tx, due: Due) -> Result<Outcome, StoreError> {
        let (at, delay) = due.parts();
        let done = sqlx::query!(
            "UPDATE store.job SET state = 0, attempt = attempt - 1, lease_until = NULL,
                 run_at = coalesce($4, clock_timestamp() + make_interval(secs => $5))
             WHERE organization_id = $1 AND id = $2 AND epoch = $3 AND state = 1",
            self.job.organization.uuid(),
            self.job.id.uuid(),
            self.epoch,
            at,
            delay,
        )
        .execute(tx.conn())
        .await?;
        self.commit(tx, done.rows_affected(), Ending::Postponed)
            .await
    }

    /// Commits the effect and a failed attempt: the job runs again, or is put aside after its last.
    pub async fn retry(
        self,
        mut tx: Tx,
        reason: &'static str,
        due: Due,
    ) -> Result<Outcome, StoreError> {
        let (at, delay) = due.parts();
        let last = self.job.is_last_attempt();
        let done = sqlx::query!(
            "UPDATE store.job SET state = CASE WHEN $6 THEN 2 ELSE 0 END, lease_until = NULL,
                 run_at = coalesce($4, clock_timestamp() + make_interval(secs => $5)),
                 last_error = $7
             WHERE organization_id = $1 AND id = $2 AND epoch = $3 AND state = 1",
            self.job.organization.uuid(),
            self.job.id.uuid(),
            self.epoch,
            at,
            delay,
            last,
            reason,
        )
        .execute(tx.conn())
        .await?;
        let ending = if last { Ending::Died } else { Ending::Retried };
        self.commit(tx, done.rows_affected(), ending).await
    }

    async fn commit(&self, mut tx: Tx, rows: u64, ending: Ending) -> Result<Outcome, StoreError> {
        if rows == 0 {
            return Err(StoreError::LeaseLost);
        }
        tx.promises.enqueued |= !matches!(ending, Ending::Finished);
        tx.commit().await?;
        Ok(Outcome(ending))
    }
}
