//! Gives outbox rows their positions.
//!
//! Commits overtake each other: a row written first may become visible last, and a cursor over
//! anything assigned at writing would pass it. So a position is assigned afterwards, to rows that are
//! visible, by one writer at a time: a late commit gets a later position and is never lost. Nothing
//! depends on transaction ids, so a long transaction delays only its own events, and a database
//! restored into another server goes on.
//!
//! Rows that became visible together are taken in the order they were written, by the server's clock.
//! A consequence is therefore never told before its cause: it was written after the cause's commit, and
//! whoever sees the consequence sees the cause.

use crate::duty::{self, Duty, Progress};
use crate::signal::Waiter;
use crate::{Db, Lease, StoreError, WorkerTx};
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

/// Rows sequenced in one transaction.
const BATCH: i64 = 1_000;

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

    /// Sequences everything committed so far; answers how many rows. The head row's lock makes this
    /// safe without the lease.
    pub async fn run_once(&self) -> Result<u64, StoreError> {
        let mut given = 0;
        loop {
            let tx = self.db.begin_worker().await?;
            match self.sequence(tx).await? {
                0 => return Ok(given),
                more => given += more,
            }
        }
    }

    async fn sequence(&self, mut tx: WorkerTx) -> Result<u64, StoreError> {
        let head =
            sqlx::query_scalar!("SELECT position FROM store.feed_head WHERE only_row FOR UPDATE")
                .fetch_one(tx.conn())
                .await?;
        // A second statement: it sees what was committed before the lock was had.
        let given = sqlx::query!(
            "UPDATE store.outbox o SET position = $1 + waiting.turn
             FROM (SELECT organization_id, id, row_number() OVER (ORDER BY created_at, id) AS turn
                   FROM (SELECT organization_id, id, created_at FROM store.outbox
                         WHERE position IS NULL ORDER BY created_at, id LIMIT $2) oldest) waiting
             WHERE o.organization_id = waiting.organization_id AND o.id = waiting.id",
            head,
            BATCH,
        )
        .execute(tx.conn())
        .await?
        .rows_affected();
        if given > 0 {
            let head = head + given as i64;
            sqlx::query!(
                "UPDATE store.feed_head SET position = $1 WHERE only_row",
                head
            )
            .execute(tx.conn())
            .await?;
            tx.commit().await?;
            self.db.signals().feed.raise();
        }
        Ok(given)
    }
}

#[async_trait]
impl Duty for Sequencer {
    fn name(&self) -> String {
        "sequencer".to_owned()
    }

    fn waiter(&self) -> Waiter {
        self.db.signals().outbox.waiter()
    }

    async fn turn(&self, lease: &Lease) -> Result<Progress, StoreError> {
        let mut tx = self.db.begin_worker().await?;
        lease.fence(&self.db, &mut tx).await?;
        Ok(if self.sequence(tx).await? == 0 {
            Progress::Idle
        } else {
            Progress::More
        })
    }
}
