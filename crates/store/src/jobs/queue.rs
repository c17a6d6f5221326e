//! Jobs as the transaction that needs them sees them.

use super::{Due, NewJob};
use crate::keyring::Aad;
use crate::{StoreError, Tx, trace};
use bitewing_core::OrganizationId;
use uuid::Uuid;

impl Tx {
    /// Enqueues a job; `false` when one of its kind and key exists already.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<bool, StoreError> {
        let organization = self.organization();
        let id = self.db().ids().next();
        let body = self
            .db()
            .keyring()
            .seal(&place(organization, &id), &job.body);
        let (at, delay) = job.due.parts();
        let clinics: Option<Vec<Uuid>> = job
            .clinics
            .map(|clinics| clinics.iter().map(|clinic| clinic.uuid()).collect());
        let made = sqlx::query!(
            "INSERT INTO store.job (organization_id, id, kind, lane, run_at, max_attempts,
                 dedupe_key, clinic_ids, purpose, body, traceparent)
             VALUES ($1, $2, $3, $4,
                 coalesce($5, clock_timestamp() + make_interval(secs => $6)),
                 $7, $8, $9, $10, $11, $12)
             ON CONFLICT (organization_id, kind, dedupe_key) DO NOTHING",
            organization.uuid(),
            id,
            job.kind,
            job.lane.code(),
            at,
            delay,
            i32::from(job.max_attempts),
            job.dedupe_key,
            clinics.as_deref(),
            job.purpose,
            body,
            trace::current(),
        )
        .execute(self.conn())
        .await?
        .rows_affected();
        self.promises.enqueued |= made == 1;
        Ok(made == 1)
    }

    /// Takes a job back, even one that runs: its run cannot commit any more. `false` when there is
    /// none.
    pub async fn cancel_job(
        &mut self,
        kind: &'static str,
        dedupe_key: &str,
    ) -> Result<bool, StoreError> {
        let organization = self.organization().uuid();
        let gone = sqlx::query!(
            "DELETE FROM store.job WHERE organization_id = $1 AND kind = $2 AND dedupe_key = $3",
            organization,
            kind,
            dedupe_key,
        )
        .execute(self.conn())
        .await?;
        Ok(gone.rows_affected() == 1)
    }

    /// Moves a job that does not run yet to another time; `false` when there is none.
    pub async fn reschedule_job(
        &mut self,
        kind: &'static str,
        dedupe_key: &str,
        due: Due,
    ) -> Result<bool, StoreError> {
        let organization = self.organization().uuid();
        let (at, delay) = due.parts();
        let moved = sqlx::query!(
            "UPDATE store.job
             SET run_at = coalesce($4, clock_timestamp() + make_interval(secs => $5))
             WHERE organization_id = $1 AND kind = $2 AND dedupe_key = $3 AND state = 0",
            organization,
            kind,
            dedupe_key,
            at,
            delay,
        )
        .execute(self.conn())
        .await?
        .rows_affected();
        self.promises.enqueued |= moved == 1;
        Ok(moved == 1)
    }
}

/// Where a job's body is sealed to.
pub(super) fn place(organization: OrganizationId, id: &Uuid) -> Aad<'_> {
    Aad {
        organization,
        table: "store.job",
        row: id.as_bytes(),
        column: "body",
    }
}
