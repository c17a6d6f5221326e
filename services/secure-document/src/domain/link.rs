//! A way for one patient to reach documents, and the arrows between its states.

use super::Recipient;
use bitewing_core::{ClinicId, DocumentId, Language, LinkId, PatientId};
use time::{Duration, OffsetDateTime};

/// The most documents one link opens.
pub(crate) const MAX_DOCUMENTS: usize = 20;
/// How long a link lives where nothing is said.
pub(crate) const DEFAULT_LIFE: Duration = Duration::days(14);
/// The shortest life of a link.
pub(crate) const SHORTEST_LIFE: Duration = Duration::hours(1);
/// The longest: what is shared must end (W3C TAG "Capability URLs").
pub(crate) const LONGEST_LIFE: Duration = Duration::days(30);
/// How often a link unlocks where nothing is said: patients change device.
pub(crate) const DEFAULT_UNLOCKS: i32 = 3;
/// The most unlocks.
pub(crate) const MAX_UNLOCKS: i32 = 10;

/// Where a link has got to; the numbers are those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LinkState {
    /// Made; nothing was opened yet.
    Issued = 1,
    /// The first code is live.
    Challenged = 2,
    /// A right code was typed.
    Unlocked = 3,
    /// All bytes of all documents were sent at least once.
    Completed = 4,
    /// Its time passed.
    Expired = 5,
    /// Staff ended it, or a document was deleted.
    Revoked = 6,
    /// Too many wrong codes.
    Locked = 7,
}

/// What happens to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrow {
    /// A code was sent.
    Challenge,
    /// The live code passed its time or its guesses.
    CodeDied,
    /// The right code was typed.
    Unlock,
    /// The last missing byte was sent.
    Complete,
    /// Its time passed.
    Expire,
    /// Staff ended it, or a document was deleted.
    Revoke,
    /// The last wrong code allowed was typed.
    Lock,
}

impl LinkState {
    pub(crate) const ALL: [Self; 7] = [
        Self::Issued,
        Self::Challenged,
        Self::Unlocked,
        Self::Completed,
        Self::Expired,
        Self::Revoked,
        Self::Locked,
    ];

    /// The stored form.
    pub(crate) const fn stored(self) -> i16 {
        self as i16
    }

    /// Reads the stored form.
    pub(crate) fn read(stored: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.stored() == stored)
    }

    /// Whether a holder of the token gets anywhere.
    pub(crate) const fn opens(self) -> bool {
        matches!(
            self,
            Self::Issued | Self::Challenged | Self::Unlocked | Self::Completed
        )
    }
}

impl Arrow {
    /// Where the arrow leads from a state, if it starts there. What a patient reached is not taken
    /// back by another code: an unlocked link stays unlocked, a completed one completed.
    pub(crate) const fn leads(self, from: LinkState) -> Option<LinkState> {
        use LinkState::{Challenged, Completed, Expired, Issued, Locked, Revoked, Unlocked};
        match (self, from) {
            (_, Expired | Revoked | Locked) => None,
            (Self::Challenge, Issued | Challenged) => Some(Challenged),
            (Self::Challenge, reached) => Some(reached),
            (Self::CodeDied, Challenged) => Some(Issued),
            (Self::CodeDied, _) => None,
            (Self::Unlock, Challenged | Unlocked) => Some(Unlocked),
            (Self::Unlock, Completed) => Some(Completed),
            (Self::Unlock, Issued) => None,
            (Self::Complete, Unlocked) => Some(Completed),
            (Self::Complete, _) => None,
            (Self::Expire, Completed) => None,
            (Self::Expire, _) => Some(Expired),
            (Self::Revoke, _) => Some(Revoked),
            (Self::Lock, Issued) => None,
            (Self::Lock, _) => Some(Locked),
        }
    }

    /// The arrow for SQL: where it starts, and where it leads from each of these.
    pub(crate) fn stored(self) -> (Vec<i16>, Vec<i16>) {
        LinkState::ALL
            .into_iter()
            .filter_map(|from| Some((from.stored(), self.leads(from)?.stored())))
            .unzip()
    }
}

/// How a code reaches the patient; the numbers are those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CodeChannel {
    /// A text message.
    Sms = 1,
    /// A call, for landlines (R92).
    Voice = 2,
}

impl CodeChannel {
    /// The stored form.
    pub(crate) const fn stored(self) -> i16 {
        self as i16
    }

    /// Reads the stored form.
    pub(crate) const fn read(stored: i16) -> Option<Self> {
        match stored {
            1 => Some(Self::Sms),
            2 => Some(Self::Voice),
            _ => None,
        }
    }

    /// The name in pages, events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
        }
    }
}

/// Where the e-mail of a link has got to; the numbers are those stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Delivery {
    /// Waits for dispatch.
    Queued = 1,
    /// The provider took it.
    Accepted = 2,
    /// It arrived.
    Delivered = 3,
    /// It will not arrive.
    Bounced = 4,
}

impl Delivery {
    pub(crate) const ALL: [Self; 4] =
        [Self::Queued, Self::Accepted, Self::Delivered, Self::Bounced];

    /// The stored form.
    pub(crate) const fn stored(self) -> i16 {
        self as i16
    }

    /// Reads the stored form.
    pub(crate) fn read(stored: i16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|delivery| delivery.stored() == stored)
    }
}

/// A link.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    pub(crate) clinic: ClinicId,
    pub(crate) patient: PatientId,
    pub(crate) documents: Vec<DocumentId>,
    pub(crate) state: LinkState,
    pub(crate) reason: String,
    pub(crate) recipient: Recipient,
    pub(crate) language: Language,
    pub(crate) code_channel: CodeChannel,
    pub(crate) max_unlocks: i32,
    pub(crate) unlocks: i32,
    pub(crate) wrong_codes: i32,
    pub(crate) codes_sent: i32,
    pub(crate) delivery: Delivery,
    pub(crate) reissued_from: Option<LinkId>,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARROWS: [Arrow; 7] = [
        Arrow::Challenge,
        Arrow::CodeDied,
        Arrow::Unlock,
        Arrow::Complete,
        Arrow::Expire,
        Arrow::Revoke,
        Arrow::Lock,
    ];

    fn walk(arrows: &[usize]) -> Vec<(Arrow, LinkState)> {
        let mut state = LinkState::Issued;
        arrows
            .iter()
            .filter_map(|index| {
                let arrow = ARROWS[index % ARROWS.len()];
                state = arrow.leads(state)?;
                Some((arrow, state))
            })
            .collect()
    }

    proptest! {
        #[test]
        fn whatever_happens_an_ended_link_stays_ended(arrows in prop::collection::vec(0usize..7, 0..40)) {
            let steps = walk(&arrows);
            let ended = steps.iter().position(|(_, state)| !state.opens());
            prop_assert!(ended.is_none_or(|at| at == steps.len() - 1));
        }

        #[test]
        fn nothing_opens_without_a_code(arrows in prop::collection::vec(0usize..7, 0..40)) {
            let mut challenged = false;
            let mut unlocked = false;
            for (arrow, state) in walk(&arrows) {
                challenged |= arrow == Arrow::Challenge;
                prop_assert!(arrow != Arrow::Unlock || challenged);
                unlocked |= arrow == Arrow::Unlock;
                prop_assert!(unlocked || !matches!(state, LinkState::Unlocked | LinkState::Completed));
            }
        }

        #[test]
        fn a_receipt_is_never_lost_to_time_or_another_code(arrows in prop::collection::vec(0usize..7, 0..40)) {
            let steps = walk(&arrows);
            for pair in steps.windows(2) {
                if pair[0].1 == LinkState::Completed {
                    prop_assert!(matches!(
                        pair[1].1,
                        LinkState::Completed | LinkState::Revoked | LinkState::Locked
                    ));
                }
            }
        }
    }

    #[test]
    fn stored_arrows_say_the_same() {
        for arrow in ARROWS {
            let (from, to) = arrow.stored();
            for state in LinkState::ALL {
                let stored = from
                    .iter()
                    .position(|from| *from == state.stored())
                    .map(|at| to[at]);
                assert_eq!(stored.and_then(LinkState::read), arrow.leads(state));
            }
        }
    }
}
