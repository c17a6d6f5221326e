//! How long to wait before the next call.

use bitewing_core::{Entropy, random};
use std::time::Duration;

/// Full jitter: anything from nothing to a base that doubles with every attempt, so that messages that
/// failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The ceiling of the first wait.
    pub base: Duration,
    /// The ceiling of every wait.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(2),
            cap: Duration::from_mins(15),
        }
    }
}

impl Backoff {
    /// The wait after an attempt, the first being 1.
    pub(crate) fn delay(self, attempt: u32, entropy: &dyn Entropy) -> Duration {
        let doublings = attempt.saturating_sub(1).min(16);
        let ceiling = self.base.saturating_mul(1 << doublings).min(self.cap);
        let share = f64::from(u32::from_be_bytes(random::bytes(entropy))) / f64::from(u32::MAX);
        ceiling.mul_f64(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Constant(u8);
    impl Entropy for Constant {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let ceilings = [1, 2, 3, 9, 10, u32::MAX]
            .map(|n| Backoff::default().delay(n, &Constant(255)).as_secs());
        assert_eq!(ceilings, [2, 4, 8, 512, 900, 900]);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_the_cap(attempt: u32, byte: u8) {
            prop_assert!(Backoff::default().delay(attempt, &Constant(byte)) <= Duration::from_mins(15));
        }
    }
}
