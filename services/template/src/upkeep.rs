//! The loop that forgets what was kept long enough; doing it twice does nothing more.

use crate::store::guard_feedback::prune;
use bitewing_store::Db;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_hours(1);

/// Keeps going until told to stop.
pub(crate) async fn run(db: &Db, stop: &CancellationToken) {
    loop {
        if let Err(error) = prune(db).await {
            tracing::warn!(%error, "upkeep put off");
        }
        let pause = stop.run_until_cancelled(tokio::time::sleep(PAUSE));
        if pause.await.is_none() {
            return;
        }
    }
}
