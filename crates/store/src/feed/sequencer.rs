//! Gives outbox rows their positions.
//!
//! Commits overtake each other: a row inserted first may become visible last, and a cursor that had
//! passed it would never see it. So a position is given only to rows older than every running
//! transaction, `xid < pg_snapshot_xmin(..)`. A row whose transaction id the server has not reached
//! yet, `xid >= pg_snapshot_xmax(..)`, came out of a dump of another server and is as settled.
//!
//! Rows are taken in the order they were written, and none is taken while an earlier one is not
//! settled: a transaction that waited for another one's commit is never told before it.

use crate::duty::{self, Duty, Progress};
use crate::signal::Waiter;
use crate::{Db, Lease, StoreError, WorkerTx};
use async_trait::async_trait;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Rows sequenced in one transaction.
const BATCH: i64 = 1_000;
/// How long rows that wait for a running transaction are left alone.
const UNSETTLED: Duration = Duration::from_millis(20);

/// The one that gives positions.
#[derive(Debug)]
pub struct Sequencer {
    db: Db,
}

impl Sequencer {
    /// Makes one; every process of the service runs one, and one of them works.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Sequences until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        duty::serve(&self.db, self, &stop).await;
    }

    /// Sequences what is settled now; answers how many rows. The head row's lock makes this safe
    /// without the lease.
    pub async fn run_once(&self) -> Result<u64, StoreError> {
        let mut given = 0;
        loop {
            let tx = self.db.begin_worker().await?;
            match self.sequence(tx).await?.given {
                0 => return Ok(given),
                more => given += more,
            }
        }
    }

    async fn sequence(&self, mut tx: WorkerTx) -> Result<Sequenced, StoreError> {
        let head =
            sqlx::query_scalar!("SELECT position FROM store.feed_head WHERE only_row FOR UPDATE")
                .fetch_one(tx.conn())
                .await?;
        // A second statement: its snapshot is taken after the lock.
        let done = sqlx::query!(
            r#"WITH snapshot AS MATERIALIZED (SELECT pg_current_snapshot() AS taken),
                waiting AS (
                    SELECT o.organization_id, o.id, o.created_at,
                           o.xid < pg_snapshot_xmin(s.taken)
                               OR o.xid >= pg_snapshot_xmax(s.taken) AS settled
                    FROM store.outbox o CROSS JOIN snapshot s
                    WHERE o.position IS NULL
                    ORDER BY o.created_at, o.id
                    LIMIT $2
                ),
                ordered AS (
                    SELECT organization_id, id,
                           row_number() OVER written AS turn,
                           bool_and(settled) OVER written AS takeable
                    FROM waiting
                    WINDOW written AS (ORDER BY created_at, id ROWS UNBOUNDED PRECEDING)
                ),
                taken AS (
                    UPDATE store.outbox o SET position = $1 + ordered.turn
                    FROM ordered
                    WHERE o.organization_id = ordered.organization_id AND o.id = ordered.id
                      AND ordered.takeable
                    RETURNING o.id
                )
                SELECT (SELECT count(*) FROM taken) AS "given!",
                       (SELECT count(*) FROM waiting) AS "waiting!""#,
            head,
            BATCH,
        )
        .fetch_one(tx.conn())
        .await?;
        if done.given > 0 {
            sqlx::query!(
                "UPDATE store.feed_head SET position = $1 WHERE only_row",
                head + done.given
            )
            .execute(tx.conn())
            .await?;
            tx.commit().await?;
            self.db.signals().feed.raise();
        }
        Ok(Sequenced {
            given: done.given as u64,
            left: done.waiting > done.given,
        })
    }
}

struct Sequenced {
    given: u64,
    left: bool,
}

#[async_trait]
impl Duty for Sequencer {
    fn name(&self) -> String {
        "sequencer".to_owned()
    }

    fn waiter(&self) -> Option<Waiter> {
        Some(self.db.signals().outbox.waiter())
    }

    async fn turn(&self, lease: &Lease) -> Result<Progress, StoreError> {
        let mut tx = self.db.begin_worker().await?;
        lease.fence(&self.db, &mut tx).await?;
        Ok(match self.sequence(tx).await? {
            Sequenced {
                given: 0,
                left: false,
            } => Progress::Idle,
            Sequenced {
                given: 0,
                left: true,
            } => Progress::IdleFor(UNSETTLED),
            _ => Progress::More,
        })
    }
}
