//! A message.

use super::{Channel, State};
use bitewing_core::{ChannelAccountId, ClinicId, MessageId, PatientId};
use time::{Duration, OffsetDateTime};

/// How long a message waits where its sender does not say.
const DEFAULT_LIFE: Duration = Duration::hours(24);
/// How long a message may wait at most: names of requests are kept a day longer.
const LONGEST_LIFE: Duration = Duration::days(31);

/// A message to a patient, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) clinic: ClinicId,
    pub(crate) patient: Option<PatientId>,
    pub(crate) channel: Channel,
    /// `None` where the sandbox stands in for an account nobody made.
    pub(crate) account: Option<ChannelAccountId>,
    pub(crate) state: State,
    /// The stable name of a [`Reason`](super::Reason), or empty.
    pub(crate) reason: String,
    /// The provider's own code for it, or empty.
    pub(crate) provider_code: String,
    pub(crate) attempts: u32,
    pub(crate) not_after: OffsetDateTime,
    /// When its provider took it, a carrier took it, and it came to an end; as far as that is known.
    pub(crate) accepted_at: Option<OffsetDateTime>,
    pub(crate) sent_at: Option<OffsetDateTime>,
    pub(crate) ended_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

/// The time is over already, or too far away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be in the future, at most 31 days")]
pub(crate) struct BadLife;

impl Message {
    /// Reads until when a message may be sent.
    pub(crate) fn parse_life(
        not_after: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<OffsetDateTime, BadLife> {
        let not_after = not_after.unwrap_or(now + DEFAULT_LIFE);
        if not_after > now && not_after <= now + LONGEST_LIFE {
            Ok(not_after)
        } else {
            Err(BadLife)
        }
    }
}

/// What staff decide about an ambiguous message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    Resend,
    ConsiderSent,
    ConsiderFailed,
}

impl Resolution {
    /// The stable name, in audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Resend => "RESEND",
            Self::ConsiderSent => "CONSIDER_SENT",
            Self::ConsiderFailed => "CONSIDER_FAILED",
        }
    }
}
