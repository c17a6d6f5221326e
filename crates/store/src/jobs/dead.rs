//! Jobs put aside, and how they come back.

use crate::{Db, StoreError};
use bitewing_core::{JobId, OrganizationId};
use time::OffsetDateTime;
use uuid::Uuid;

/// A dead job, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// Runs it had.
    pub attempts: u32,
    /// Why the last one failed, a stable word.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: OffsetDateTime,
}

impl Db {
    /// How many jobs are dead.
    pub async fn dead_job_count(&self) -> Result<u64, StoreError> {
        let count =
            sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM store.job WHERE state = 2"#)
                .fetch_one(self.worker_pool())
                .await?;
        Ok(count as u64)
    }

    /// The dead jobs, by organization and id, behind the last one of the page before.
    pub async fn dead_jobs(
        &self,
        after: Option<(OrganizationId, JobId)>,
        max: u32,
    ) -> Result<Vec<DeadJob>, StoreError> {
        let (organization, id) = after.map_or((Uuid::nil(), Uuid::nil()), |(organization, id)| {
            (organization.uuid(), id.uuid())
        });
        let rows = sqlx::query!(
            "SELECT organization_id, id, kind, attempt, last_error, created_at FROM store.job
             WHERE state = 2 AND (organization_id, id) > ($1, $2)
             ORDER BY organization_id, id LIMIT $3",
            organization,
            id,
            i64::from(max),
        )
        .fetch_all(self.worker_pool())
        .await?;
        let dead = rows.into_iter().map(|row| DeadJob {
            organization: OrganizationId::from_uuid(row.organization_id),
            id: JobId::from_uuid(row.id),
            kind: row.kind,
            attempts: row.attempt as u32,
            last_error: row.last_error,
            created_at: row.created_at,
        });
        Ok(dead.collect())
    }

    /// Gives a dead job all its attempts back, due now; `false` when there is none.
    pub async fn replay_job(
        &self,
        organization: OrganizationId,
        id: JobId,
    ) -> Result<bool, StoreError> {
        let replayed = sqlx::query!(
            "UPDATE store.job SET state = 0, attempt = 0, run_at = clock_timestamp()
             WHERE organization_id = $1 AND id = $2 AND state = 2",
            organization.uuid(),
            id.uuid(),
        )
        .execute(self.worker_pool())
        .await?
        .rows_affected();
        if replayed == 1 {
            self.signals().jobs.raise();
        }
        Ok(replayed == 1)
    }

    /// Puts a leased job aside whatever its attempts.
    pub(super) async fn kill_job(
        &self,
        organization: Uuid,
        id: Uuid,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE store.job SET state = 2, lease_until = NULL, last_error = $3
             WHERE organization_id = $1 AND id = $2 AND state = 1",
            organization,
            id,
            reason,
        )
        .execute(self.worker_pool())
        .await?;
        Ok(())
    }
}
