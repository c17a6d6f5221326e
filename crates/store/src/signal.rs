//! In-process wake-ups, and how long to wait when none comes.
//!
//! Polling is the guarantee (another process may have written); a signal only makes it faster.
//! There is no LISTEN/NOTIFY: it takes a global lock at commit.

use std::time::Duration;
use tokio::sync::watch;

/// Something happened: everybody who waits looks again. A signal raised between two waits is seen.
#[derive(Debug)]
pub(crate) struct Signal(watch::Sender<()>);

impl Default for Signal {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Signal {
    pub(crate) fn raise(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn waiter(&self) -> Waiter {
        Waiter(self.0.subscribe())
    }
}

/// One who waits for a [`Signal`].
#[derive(Debug)]
pub(crate) struct Waiter(watch::Receiver<()>);

impl Waiter {
    /// Returns at the next signal, or once `at_most` is over; whether there was a signal.
    pub(crate) async fn wait(&mut self, at_most: Duration) -> bool {
        match tokio::time::timeout(at_most, self.0.changed()).await {
            Ok(Ok(())) => true,
            // Nobody is left to raise it.
            Ok(Err(_)) => {
                tokio::time::sleep(at_most).await;
                false
            }
            Err(_) => false,
        }
    }
}

/// All signals of one [`Db`](crate::Db).
#[derive(Debug, Default)]
pub(crate) struct Signals {
    /// A transaction that enqueued was committed.
    pub(crate) jobs: Signal,
    /// A transaction that emitted was committed.
    pub(crate) outbox: Signal,
    /// Positions were given out.
    pub(crate) feed: Signal,
    /// A transaction that wrote audit entries was committed.
    pub(crate) audit: Signal,
}

/// Adaptive polling: 200 ms after something happened, doubling to a second while nothing does.
#[derive(Debug)]
pub(crate) struct Pace(Duration);

impl Pace {
    const SHORTEST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(1);

    pub(crate) const fn new() -> Self {
        Self(Self::SHORTEST)
    }

    /// Something happened.
    pub(crate) const fn quicken(&mut self) {
        self.0 = Self::SHORTEST;
    }

    /// How long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(Self::LONGEST);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn polling_slows_down_to_a_second_and_quickens_again() {
        let mut pace = Pace::new();
        let waits: Vec<_> = (0..5).map(|_| pace.next().as_millis()).collect();
        assert_eq!(waits, [200, 400, 800, 1000, 1000]);
        pace.quicken();
        assert_eq!(pace.next().as_millis(), 200);
    }

    #[tokio::test]
    async fn a_signal_between_two_waits_is_not_missed() {
        let signal = Signal::default();
        let mut waiter = signal.waiter();
        signal.raise();
        assert!(waiter.wait(Duration::from_mins(1)).now_or_never().is_some());
        assert!(waiter.wait(Duration::from_mins(1)).now_or_never().is_none());
    }
}
