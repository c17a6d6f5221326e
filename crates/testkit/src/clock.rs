//! A clock moved by hand.

use bitewing_core::Clock;
use std::sync::Mutex;
use time::{Duration, OffsetDateTime};

/// Stands still until it is moved. It starts at the machine's time, so that what the database's clock
/// tells and what this one tells agree until a test says otherwise.
#[derive(Debug)]
pub struct FakeClock(Mutex<OffsetDateTime>);

impl FakeClock {
    /// A clock at a time.
    pub const fn at(time: OffsetDateTime) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves it.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().expect("no holder of the lock panics") += by;
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::at(bitewing_core::SystemClock.now())
    }
}

impl Clock for FakeClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().expect("no holder of the lock panics")
    }
}
