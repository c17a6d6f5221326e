//! How fast passwords of one user may be tried.

use time::{Duration, OffsetDateTime};

/// Failures without a pause.
const FREE: i32 = 5;
/// The longest pause. With it a year has about 35,000 tries, so a password drawn at random from the
/// shortest ones allowed is out of reach; NIST SP 800-63B-4 3.2.2 asks for a limit that rises.
const LONGEST: Duration = Duration::minutes(15);

/// Tries since the last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    pub(crate) failed: i32,
    pub(crate) last: Option<OffsetDateTime>,
}

impl Tries {
    /// Whether another try may be made now.
    pub(crate) fn allow(self, now: OffsetDateTime) -> bool {
        let Some(last) = self.last.filter(|_| self.failed >= FREE) else {
            return true;
        };
        let doublings = u32::try_from(self.failed - FREE).unwrap_or(0).min(10);
        let pause = (Duration::SECOND * 2i32.pow(doublings)).min(LONGEST);
        now - last >= pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_after_five_failures_up_to_a_quarter_of_an_hour() {
        let last = OffsetDateTime::UNIX_EPOCH;
        let pause = |failed: i32| {
            let tries = Tries {
                failed,
                last: Some(last),
            };
            (0..1_000)
                .find(|seconds| tries.allow(last + Duration::seconds(*seconds)))
                .unwrap()
        };
        assert_eq!([0, 4, 5, 6, 10, 100].map(pause), [0, 0, 1, 2, 32, 900]);
    }
}
