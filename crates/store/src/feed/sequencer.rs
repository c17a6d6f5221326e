//! Gives outbox rows their positions.
//!
//! Commits overtake each other: a row inserted first may become visible last, and a cursor that had
//! passed it would never see it. So a position is given only to rows older than every transaction
//! that runs in this database. Transactions of other databases share the counter, and those known to
//! be theirs (they hold the lock on their own id) do not delay this one. A row whose transaction id
//! the server has not reached yet came out of a dump of another server and is as settled.
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
            match self.sequence(tx).await? {
                Sequenced {
                    given: 0,
                    left: Left::Nothing | Left::Unsettled,
                } => return Ok(given),
                Sequenced { given: more, .. } => given += more,
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
            r#"WITH held AS MATERIALIZED (
                    SELECT l.transactionid,
                           coalesce(a.datid <> d.oid, false) AS elsewhere
                    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
                    CROSS JOIN (SELECT oid FROM pg_database WHERE datname = current_database()) d
                    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
                ),
                running AS MATERIALIZED (
                    SELECT min.xid, min.xid::xid NOT IN (SELECT transactionid FROM held) AS ended
                    FROM (SELECT xid FROM pg_snapshot_xip(pg_current_snapshot()) xid
                          WHERE xid::xid NOT IN (SELECT transactionid FROM held WHERE elsewhere)
                          ORDER BY xid LIMIT 1) min
                ),
                bounds AS MATERIALIZED (
                    SELECT unreached, coalesce((SELECT xid FROM running), unreached) AS oldest
                    FROM pg_snapshot_xmax(pg_current_snapshot()) unreached
                ),
                waiting AS (
                    SELECT o.organization_id, o.id, o.created_at,
                           o.xid < b.oldest OR o.xid >= b.unreached AS settled
                    FROM store.outbox o CROSS JOIN bounds b
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
                       (SELECT count(*) FROM waiting) AS "waiting!",
                       coalesce((SELECT ended FROM running), false) AS "stale!""#,
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
        let left = match done.waiting > done.given {
            false => Left::Nothing,
            // The one in the way is over by now: it ended between the snapshot and the locks.
            true if done.stale => Left::Settled,
            true => Left::Unsettled,
        };
        Ok(Sequenced {
            given: done.given as u64,
            left,
        })
    }
}

struct Sequenced {
    given: u64,
    left: Left,
}

/// Rows still without a position.
enum Left {
    Nothing,
    /// Another look would take them.
    Settled,
    /// A transaction that is older still runs.
    Unsettled,
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
                left: Left::Nothing,
            } => Progress::Idle,
            Sequenced {
                given: 0,
                left: Left::Unsettled,
            } => Progress::IdleFor(UNSETTLED),
            _ => Progress::More,
        })
    }
}
