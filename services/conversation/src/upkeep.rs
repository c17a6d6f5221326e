//! The loop that keeps the tables in shape; every process of the service runs one, and doing it twice
//! does nothing more.

use crate::store::upkeep;
use bitewing_store::Db;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_hours(1);

/// Keeps going until told to stop.
pub(crate) async fn run(db: &Db, stop: &CancellationToken) {
    loop {
        if let Err(error) = upkeep(db).await {
            tracing::warn!(%error, "upkeep put off");
        }
        if stop
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_none()
        {
            return;
        }
    }
}
