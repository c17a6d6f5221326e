//! A signed-in user.

use bitewing_core::UserId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a session lasts: NIST SP 800-63B-4 2.2.3 asks to sign in again after 24 hours at AAL2, the
/// level of health data.
const LIFE: Duration = Duration::hours(24);
/// How long a refresh token waits to be used: an hour without activity (same section).
const IDLE: Duration = Duration::hours(1);

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

impl Session {
    pub(crate) fn begin(id: Uuid, user: UserId, now: OffsetDateTime) -> Self {
        Self {
            id,
            user,
            created_at: now,
            expires_at: now + LIFE,
            ended_at: None,
        }
    }

    /// Whether a refresh token of this age may still be used.
    pub(crate) fn takes(&self, token_made_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < token_made_at + IDLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_after_a_day_or_an_hour_of_silence() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut session = Session::begin(Uuid::nil(), UserId::from_uuid(Uuid::nil()), now);
        let later = |minutes| now + Duration::minutes(minutes);
        assert!(session.takes(now, later(59)));
        assert!(!session.takes(now, later(60)));
        assert!(session.takes(later(24 * 60 - 10), later(24 * 60 - 1)));
        assert!(!session.takes(later(24 * 60 - 10), later(24 * 60)));
        session.ended_at = Some(now);
        assert!(!session.takes(now, now));
    }
}
