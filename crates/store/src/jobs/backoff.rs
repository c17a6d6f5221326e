//! How long to wait after a failure.

use bitewing_core::{Entropy, random};
use std::time::Duration;

const BASE: Duration = Duration::from_secs(2);
const CAP: Duration = Duration::from_mins(15);

/// Full jitter: anything from nothing to the doubled base, so that jobs that failed together do not
/// come back together.
pub(super) fn delay(attempt: u16, entropy: &dyn Entropy) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(16);
    let ceiling = (BASE * 2u32.pow(doublings)).min(CAP);
    let share = f64::from(u32::from_be_bytes(random::bytes(entropy))) / f64::from(u32::MAX);
    ceiling.mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills with one byte.
    struct Constant(u8);
    impl Entropy for Constant {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_a_quarter_of_an_hour() {
        let ceilings: Vec<_> = [1, 2, 3, 9, 10, u16::MAX]
            .map(|run| delay(run, &Constant(255)).as_secs())
            .into();
        assert_eq!(ceilings, [2, 4, 8, 512, 900, 900]);
    }

    #[test]
    fn the_delay_may_be_anything_below() {
        assert_eq!(delay(5, &Constant(0)), Duration::ZERO);
        let half = delay(1, &Constant(127)).as_secs_f64();
        assert!((0.99..1.01).contains(&half));
    }
}
