//! How a worker gets its jobs.
//!
//! A poll costs one index probe when nothing is due. When more is due than there are free slots, the
//! organizations take turns, so that one chain's campaign does not stand before another's reply.
//! The scalar sub-select around `clock_timestamp()` makes the index usable: a volatile function in the
//! condition itself would be called for every row.

use super::queue::place;
use super::{Job, Lane};
use crate::{Db, StoreError};
use bitewing_core::{ClinicId, JobId, OrganizationId, Sensitive};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// A claimed row.
struct Row {
    organization_id: Uuid,
    id: Uuid,
    kind: String,
    run_at: OffsetDateTime,
    attempt: i32,
    max_attempts: i32,
    dedupe_key: String,
    epoch: i64,
    clinic_ids: Option<Vec<Uuid>>,
    purpose: String,
    body: Vec<u8>,
    traceparent: Option<String>,
    late: f64,
}

/// A job and what fences its end.
pub(super) struct Claimed {
    pub(super) job: Job,
    pub(super) epoch: i64,
    /// The trace it was enqueued in.
    pub(super) traceparent: Option<String>,
    /// Seconds since it was due.
    pub(super) late: f64,
}

/// What a worker asks for.
pub(super) struct Claim<'a> {
    pub(super) lane: Lane,
    pub(super) kinds: &'a [&'static str],
    pub(super) free: usize,
    pub(super) lease: Duration,
    /// The organization served last: the turn goes on behind it.
    pub(super) served: Uuid,
}

impl Claim<'_> {
    /// Leases due jobs; bodies that do not open are put aside at once.
    pub(super) async fn take(&self, db: &Db) -> Result<Vec<Claimed>, StoreError> {
        let due = self.due(db).await?;
        let rows = match due {
            0 => return Ok(Vec::new()),
            _ if due > self.free => self.take_turns(db).await?,
            _ => self.take_oldest(db).await?,
        };
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let (organization, id) = (row.organization_id, row.id);
            match self.open(db, row) {
                Ok(job) => claimed.push(job),
                Err(error) => {
                    db.kill_job(organization, id, error.reason()).await?;
                    tracing::error!(job = %JobId::from_uuid(id), %error, "job put aside unread");
                }
            }
        }
        Ok(claimed)
    }

    /// The organization the next turn goes on behind: the last one served of this round.
    pub(super) fn last_turn(&self, claimed: &[Claimed]) -> Option<Uuid> {
        let served = || {
            claimed
                .iter()
                .map(|claimed| claimed.job.organization.uuid())
        };
        let wrapped = served()
            .filter(|organization| *organization <= self.served)
            .max();
        wrapped.or_else(|| served().max())
    }

    fn kinds(&self) -> Vec<String> {
        self.kinds.iter().map(|&kind| kind.to_owned()).collect()
    }

    /// How many are due: no more than one above the free slots is counted.
    async fn due(&self, db: &Db) -> Result<usize, StoreError> {
        let due = sqlx::query_scalar!(
            r#"SELECT count(*) AS "due!" FROM (
                   SELECT FROM store.job
                   WHERE lane = $1 AND state = 0 AND run_at <= (SELECT clock_timestamp())
                     AND kind = ANY($2)
                   LIMIT $3) counted"#,
            self.lane.code(),
            &self.kinds(),
            self.free as i64 + 1,
        )
        .fetch_one(db.worker_pool())
        .await?;
        Ok(due as usize)
    }

    async fn take_oldest(&self, db: &Db) -> Result<Vec<Row>, StoreError> {
        Ok(sqlx::query_as!(
            Row,
            r#"WITH picked AS (
                   SELECT organization_id, id FROM store.job
                   WHERE lane = $1 AND state = 0 AND run_at <= (SELECT clock_timestamp())
                     AND kind = ANY($2)
                   ORDER BY run_at LIMIT $3
                   FOR UPDATE SKIP LOCKED
               )
               UPDATE store.job j
               SET state = 1, attempt = j.attempt + 1, epoch = j.epoch + 1,
                   lease_until = clock_timestamp() + make_interval(secs => $4)
               FROM picked p WHERE j.organization_id = p.organization_id AND j.id = p.id
               RETURNING j.organization_id, j.id, j.kind, j.run_at, j.attempt, j.max_attempts,
                   j.dedupe_key, j.epoch, j.clinic_ids, j.purpose, j.body, j.traceparent,
                   extract(epoch FROM clock_timestamp() - j.run_at)::float8 AS "late!""#,
            self.lane.code(),
            &self.kinds(),
            self.free as i64,
            self.lease.as_secs_f64(),
        )
        .fetch_all(db.worker_pool())
        .await?)
    }

    /// Walks the organizations that have jobs in the lane, from behind the one served last and once
    /// around, by one index probe each, until enough have something due; takes a share of each.
    async fn take_turns(&self, db: &Db) -> Result<Vec<Row>, StoreError> {
        Ok(sqlx::query_as!(
            Row,
            r#"WITH RECURSIVE turn (organization_id, wrapped, seed) AS (
                   (SELECT $4::uuid, false, true)
                   UNION ALL
                   SELECT next.organization_id, next.wrapped, false FROM turn, LATERAL (
                       (SELECT organization_id, turn.wrapped FROM store.job
                        WHERE lane = $1 AND state = 0 AND organization_id > turn.organization_id
                          AND (NOT turn.wrapped OR organization_id <= $4::uuid)
                        ORDER BY organization_id LIMIT 1)
                       UNION ALL
                       (SELECT organization_id, true FROM store.job
                        WHERE lane = $1 AND state = 0 AND NOT turn.wrapped
                          AND organization_id <= $4::uuid
                        ORDER BY organization_id LIMIT 1)
                       ORDER BY wrapped LIMIT 1) next
               ),
               chosen AS (
                   SELECT organization_id, wrapped FROM turn
                   WHERE NOT seed AND EXISTS (
                       SELECT FROM store.job j
                       WHERE j.lane = $1 AND j.state = 0
                         AND j.organization_id = turn.organization_id
                         AND j.run_at <= (SELECT clock_timestamp()) AND j.kind = ANY($2))
                   LIMIT $3
               ),
               waiting AS (
                   SELECT chosen.organization_id, chosen.wrapped, share.id, share.nth
                   FROM chosen, LATERAL (
                       SELECT id, row_number() OVER (ORDER BY run_at, id) AS nth
                       FROM (SELECT id, run_at FROM store.job
                             WHERE lane = $1 AND state = 0
                               AND organization_id = chosen.organization_id
                               AND run_at <= (SELECT clock_timestamp()) AND kind = ANY($2)
                             ORDER BY run_at, id LIMIT $3) oldest) share
               ),
               picked AS (
                   SELECT j.organization_id, j.id
                   FROM store.job j JOIN waiting w USING (organization_id, id)
                   WHERE j.state = 0
                   ORDER BY w.nth, w.wrapped, w.organization_id LIMIT $3
                   FOR UPDATE OF j SKIP LOCKED
               )
               UPDATE store.job j
               SET state = 1, attempt = j.attempt + 1, epoch = j.epoch + 1,
                   lease_until = clock_timestamp() + make_interval(secs => $5)
               FROM picked p WHERE j.organization_id = p.organization_id AND j.id = p.id
               RETURNING j.organization_id, j.id, j.kind, j.run_at, j.attempt, j.max_attempts,
                   j.dedupe_key, j.epoch, j.clinic_ids, j.purpose, j.body, j.traceparent,
                   extract(epoch FROM clock_timestamp() - j.run_at)::float8 AS "late!""#,
            self.lane.code(),
            &self.kinds(),
            self.free as i64,
            self.served,
            self.lease.as_secs_f64(),
        )
        .fetch_all(db.worker_pool())
        .await?)
    }

    fn open(&self, db: &Db, row: Row) -> Result<Claimed, StoreError> {
        let organization = OrganizationId::from_uuid(row.organization_id);
        let body: Sensitive<Vec<u8>> = db
            .keyring()
            .open(&place(organization, &row.id), &row.body)?;
        let inconsistent = |column| StoreError::Inconsistent {
            table: "store.job",
            column,
            id: row.id,
        };
        let kind = self.kinds.iter().find(|kind| **kind == row.kind);
        let job = Job {
            id: JobId::from_uuid(row.id),
            organization,
            kind: kind.copied().ok_or_else(|| inconsistent("kind"))?,
            lane: self.lane,
            due_at: row.run_at,
            attempt: u16::try_from(row.attempt).map_err(|_| inconsistent("attempt"))?,
            max_attempts: u16::try_from(row.max_attempts)
                .map_err(|_| inconsistent("max_attempts"))?,
            dedupe_key: row.dedupe_key,
            clinics: row
                .clinic_ids
                .map(|ids| ids.into_iter().map(ClinicId::from_uuid).collect()),
            purpose: row.purpose,
            body,
        };
        Ok(Claimed {
            job,
            epoch: row.epoch,
            traceparent: row.traceparent,
            late: row.late,
        })
    }
}
