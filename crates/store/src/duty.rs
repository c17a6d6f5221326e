//! A loop that runs in one process of many: whoever holds its lease.

use crate::signal::{Pace, Signal, Waiter};
use crate::{Db, Lease, StoreError};
use async_trait::async_trait;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a duty's lease lasts: what a crashed holder costs at most.
const LENGTH: Duration = Duration::from_secs(15);

/// What a turn found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There may be more to do at once.
    More,
    /// There is nothing to do.
    Idle,
    /// There is nothing to do for this long.
    IdleFor(Duration),
}

/// Work done turn by turn, by the holder of a lease.
#[async_trait]
pub(crate) trait Duty: Send + Sync {
    /// The lease.
    fn name(&self) -> String;

    /// What makes it look again at once; by default nothing.
    fn waiter(&self) -> Waiter {
        Signal::default().waiter()
    }

    /// One turn, much shorter than the lease; it fences what it writes.
    async fn turn(&self, lease: &Lease) -> Result<Progress, StoreError>;
}

/// Does the duty until told to stop, whenever the lease can be had.
pub(crate) async fn serve(db: &Db, duty: &dyn Duty, stop: &CancellationToken) {
    let mut pace = Pace::new();
    while !stop.is_cancelled() {
        match Lease::acquire(db, &duty.name(), LENGTH).await {
            Ok(Some(lease)) => {
                pace.quicken();
                hold(db, duty, &lease, stop).await;
                if let Err(error) = lease.release(db).await {
                    tracing::debug!(%error, "the lease ends by itself");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(duty = duty.name(), %error, "no lease"),
        }
        // After a failure as after a refusal: another process may do better.
        let _ = stop
            .run_until_cancelled(tokio::time::sleep(pace.next()))
            .await;
    }
}

/// Takes turns until told to stop, or until one fails.
async fn hold(db: &Db, duty: &dyn Duty, lease: &Lease, stop: &CancellationToken) {
    let mut held = Held {
        db,
        lease,
        renewed: Instant::now(),
    };
    let mut pace = Pace::new();
    let mut waiter = duty.waiter();
    while !stop.is_cancelled() {
        let pause = match duty.turn(lease).await {
            Ok(Progress::More) => {
                pace.quicken();
                Duration::ZERO
            }
            Ok(Progress::Idle) => pace.next(),
            Ok(Progress::IdleFor(pause)) => pause,
            Err(error) => {
                tracing::warn!(duty = duty.name(), %error, "turn failed");
                return;
            }
        };
        let rested = stop
            .run_until_cancelled(held.rest(&mut waiter, pause))
            .await;
        if let Some(Err(error)) = rested {
            tracing::warn!(duty = duty.name(), %error, "lease not renewed");
            return;
        }
    }
}

/// A lease that is renewed in time.
struct Held<'a> {
    db: &'a Db,
    lease: &'a Lease,
    renewed: Instant,
}

impl Held<'_> {
    /// Waits for the pause to end or a signal, renewing the lease meanwhile, however long it is.
    async fn rest(&mut self, waiter: &mut Waiter, pause: Duration) -> Result<(), StoreError> {
        let slice = self.lease.length() / 3;
        let until = Instant::now() + pause;
        loop {
            if self.renewed.elapsed() > slice {
                self.lease.renew(self.db).await?;
                self.renewed = Instant::now();
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || waiter.wait(left.min(slice)).await {
                return Ok(());
            }
        }
    }
}
