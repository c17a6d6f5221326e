//! Removes what nobody can ask for any more.

use crate::store::{events, revocations};
use bitewing_store::{Db, StoreError};
use time::Duration;
use tokio_util::sync::CancellationToken;

const PACE: std::time::Duration = std::time::Duration::from_mins(10);

/// Prunes events and revocations.
#[derive(Debug)]
pub(crate) struct Pruning {
    db: Db,
    keep: Duration,
}

impl Pruning {
    /// Keeps events for some days.
    pub(crate) fn new(db: Db, days: u16) -> Self {
        Self {
            db,
            keep: Duration::days(days.into()),
        }
    }

    /// Prunes until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.run_once().await {
                tracing::warn!(%error, "pruning failed");
            }
            if stop
                .run_until_cancelled(tokio::time::sleep(PACE))
                .await
                .is_none()
            {
                return;
            }
        }
    }

    /// One round.
    pub(crate) async fn run_once(&self) -> Result<(), StoreError> {
        revocations::prune(&self.db).await?;
        let before = self.db.clock().now() - self.keep;
        while events::prune(&self.db, before).await? > 0 {}
        Ok(())
    }
}
