//! What has to be thrown away, and made ahead, now and then.

use crate::duty::{self, Duty, Progress};
use crate::{Db, Lease, StoreError};
use async_trait::async_trait;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Months of partitions made ahead.
const MONTHS: i32 = 3;
/// How long the first answers of requests are kept (AIP-155).
const ANSWERS: Duration = Duration::from_hours(24);
/// How long the record of a received event is kept after the cursor passed it: far longer than any
/// transaction that could still hold an older view of the cursor.
const RECEIPTS: Duration = Duration::from_hours(1);

/// Keeps the store's tables in shape.
#[derive(Debug)]
pub struct Maintenance {
    db: Db,
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Records of received events thrown away.
    pub receipts: u64,
    /// First answers thrown away.
    pub answers: u64,
    /// Partitions made.
    pub partitions: u64,
}

impl Maintenance {
    /// Makes one; every process of the service runs one, and one of them works.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Keeps going until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        duty::serve(&self.db, self, &stop).await;
    }

    /// One round.
    pub async fn run_once(&self) -> Result<Swept, StoreError> {
        let receipts = sqlx::query!(
            "DELETE FROM store.inbox i USING store.feed_cursor c
             WHERE c.feed = i.feed AND i.position <= c.position
               AND i.received_at < (SELECT clock_timestamp()) - make_interval(secs => $1)",
            RECEIPTS.as_secs_f64(),
        )
        .execute(self.db.worker_pool())
        .await?;
        let answers = sqlx::query!(
            "DELETE FROM store.idempotency
             WHERE created_at < (SELECT clock_timestamp()) - make_interval(secs => $1)",
            ANSWERS.as_secs_f64(),
        )
        .execute(self.db.worker_pool())
        .await?;
        let partitions =
            sqlx::query_scalar!(r#"SELECT store.ensure_partitions($1) AS "made!""#, MONTHS)
                .fetch_one(self.db.worker_pool())
                .await?;
        Ok(Swept {
            receipts: receipts.rows_affected(),
            answers: answers.rows_affected(),
            partitions: partitions as u64,
        })
    }
}

#[async_trait]
impl Duty for Maintenance {
    fn name(&self) -> String {
        "maintenance".to_owned()
    }

    async fn turn(&self, _: &Lease) -> Result<Progress, StoreError> {
        self.run_once().await?;
        Ok(Progress::IdleFor(Duration::from_mins(1)))
    }
}
