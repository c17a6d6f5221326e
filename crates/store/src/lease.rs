//! Work that only one process may do at a time.
//!
//! A lease ends by the database's clock. Its epoch grows with every holder: a process that was paused
//! and still believes in its lease is refused at [`Lease::fence`], inside the transaction it writes in.

use crate::{Db, StoreError, WorkerTx};
use std::time::Duration;
use uuid::Uuid;

/// A held lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    name: String,
    owner: Uuid,
    epoch: i64,
    length: Duration,
}

impl Lease {
    /// Takes the lease, unless somebody holds it.
    pub async fn acquire(
        db: &Db,
        name: &str,
        length: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let owner = db.ids().next();
        let epoch = sqlx::query_scalar!(
            "INSERT INTO store.lease AS held (name, owner, epoch, until)
             VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
             ON CONFLICT (name) DO UPDATE
                 SET owner = excluded.owner, epoch = held.epoch + 1, until = excluded.until
                 WHERE held.until <= clock_timestamp()
             RETURNING epoch",
            name,
            owner,
            length.as_secs_f64(),
        )
        .fetch_optional(db.worker_pool())
        .await?;
        Ok(epoch.map(|epoch| Self {
            name: name.to_owned(),
            owner,
            epoch,
            length,
        }))
    }

    /// Holds on for another length; [`StoreError::LeaseLost`] once somebody else took over.
    pub async fn renew(&self, db: &Db) -> Result<(), StoreError> {
        let renewed = sqlx::query!(
            "UPDATE store.lease SET until = clock_timestamp() + make_interval(secs => $4)
             WHERE name = $1 AND owner = $2 AND epoch = $3",
            self.name,
            self.owner,
            self.epoch,
            self.length.as_secs_f64(),
        )
        .execute(db.worker_pool())
        .await?;
        self.held(db, renewed.rows_affected() == 1)
    }

    /// Makes sure, until the transaction ends, that nobody took over.
    pub async fn fence(&self, db: &Db, tx: &mut WorkerTx) -> Result<(), StoreError> {
        let held = sqlx::query!(
            "SELECT epoch FROM store.lease
             WHERE name = $1 AND owner = $2 AND epoch = $3 FOR SHARE",
            self.name,
            self.owner,
            self.epoch,
        )
        .fetch_optional(tx.conn())
        .await?;
        self.held(db, held.is_some())
    }

    /// Lets go, so that another process need not wait for the end.
    pub async fn release(self, db: &Db) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE store.lease SET until = clock_timestamp()
             WHERE name = $1 AND owner = $2 AND epoch = $3",
            self.name,
            self.owner,
            self.epoch,
        )
        .execute(db.worker_pool())
        .await?;
        Ok(())
    }

    /// Grows with every holder of the name.
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }

    /// How long it lasts without a renewal.
    pub const fn length(&self) -> Duration {
        self.length
    }

    fn held(&self, db: &Db, held: bool) -> Result<(), StoreError> {
        if held {
            return Ok(());
        }
        db.metrics().lease_lost();
        tracing::warn!(lease = self.name, epoch = self.epoch, "lease lost");
        Err(StoreError::LeaseLost)
    }
}
