//! One-time codes: what they look like, how long they live, and when another may be sent.

use super::CodeChannel;
use bitewing_core::{Entropy, LinkId, Sensitive, random};
use bitewing_runtime::base::Pepper;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Digits of a code: at least six (NIST SP 800-63B-4 3.1.3.2), 20 bits (ASVS 5.0 6.5.4).
pub(crate) const DIGITS: usize = 6;
/// Guesses a code takes; then it is dead.
pub(crate) const GUESSES_PER_CODE: i32 = 5;
/// Wrong codes in a row, over all codes of a link, that lock it. Another code does not reset the
/// count (NIST SP 800-63B-4 3.1.3.2); with six digits this leaves one chance in 100,000.
pub(crate) const WRONG_CODES_PER_LINK: i32 = 10;
/// Guesses one address has on one link within [`ADDRESS_WINDOW`] seconds.
pub(crate) const GUESSES_PER_ADDRESS: i32 = 5;
/// Seconds in which they count.
pub(crate) const ADDRESS_WINDOW: i32 = 600;
/// Seconds an address then has to wait on this link, while every other address goes on.
pub(crate) const ADDRESS_PAUSE: i32 = 1_800;
/// Codes in the life of a link.
const SENDS_PER_LIFE: usize = 10;
/// Codes of a link within an hour.
const SENDS_PER_HOUR: usize = 5;
/// The pause before each further code.
const COOL_DOWN: [Duration; 4] = [
    Duration::seconds(60),
    Duration::minutes(3),
    Duration::minutes(5),
    Duration::minutes(10),
];

/// How often something may be done within so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) most: i32,
    pub(crate) seconds: i32,
}

/// Guesses from one address, over all links of all organizations.
pub(crate) const CHECKS_PER_ADDRESS: [Limit; 1] = [Limit {
    most: 30,
    seconds: 600,
}];

/// Codes asked for from one address, over all links of all organizations: a waiting room behind one
/// address goes on, whoever tries links in bulk does not.
pub(crate) const SENDS_PER_ADDRESS: [Limit; 2] = [
    Limit {
        most: 30,
        seconds: 600,
    },
    Limit {
        most: 100,
        seconds: 86_400,
    },
];

/// Words to one phone that a link was replaced, over all organizations.
pub(crate) const NOTICES_PER_PHONE: [Limit; 1] = [Limit {
    most: 3,
    seconds: 86_400,
}];

/// A code on its way to the patient, or as the patient typed it.
#[derive(Clone)]
pub(crate) struct Code(Sensitive<String>);

impl Code {
    /// Draws one, every one equally likely.
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        Self(Sensitive::new(random::decimal_code(entropy, DIGITS)))
    }

    /// Reads what a patient typed: blanks and hyphens do not count. What is no code is a wrong one.
    pub(crate) fn typed(text: &str) -> Option<Self> {
        let code: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(DIGITS + 1)
            .collect();
        let well_formed = code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| Self(Sensitive::new(code)))
    }

    /// The digits, for the message that carries them.
    pub(crate) const fn reveal(&self) -> &Sensitive<String> {
        &self.0
    }

    /// What is stored: an HMAC under a pepper kept outside the database, bound to its challenge, link
    /// and channel. A plain hash of a million codes is no protection, nor is a slow one within
    /// minutes (OWASP MFA cheat sheet).
    pub(crate) fn mac(
        &self,
        pepper: &Pepper,
        challenge: Uuid,
        link: LinkId,
        channel: CodeChannel,
    ) -> [u8; 32] {
        pepper.mac(
            "otp-v1",
            &[
                challenge.as_bytes(),
                link.uuid().as_bytes(),
                channel.name().as_bytes(),
                self.0.expose().as_bytes(),
            ],
        )
    }
}

impl CodeChannel {
    /// How long a code lives: 5 minutes by text, 8 by call, within the 10 of NIST SP 800-63B-4
    /// 3.1.3.2 and ASVS 5.0 6.5.5.
    pub(crate) const fn code_life(self) -> Duration {
        match self {
            Self::Sms => Duration::minutes(5),
            Self::Voice => Duration::minutes(8),
        }
    }

    /// Codes to one phone, over all links of all organizations.
    pub(crate) const fn phone_limits(self) -> [Limit; 2] {
        let (hour, day) = match self {
            Self::Sms => (5, 10),
            Self::Voice => (3, 6),
        };
        [
            Limit {
                most: hour,
                seconds: 3_600,
            },
            Limit {
                most: day,
                seconds: 86_400,
            },
        ]
    }
}

/// Why no code is sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// The one before is too fresh; this long yet.
    TooSoon(Duration),
    /// Too many within the hour; this long yet.
    Hour(Duration),
    /// As many as a link has in its life.
    Life,
}

/// Whether a link may be sent another code, by when the earlier ones were sent, oldest first.
pub(crate) fn may_send(sent_at: &[OffsetDateTime], now: OffsetDateTime) -> Result<(), NotNow> {
    if sent_at.len() >= SENDS_PER_LIFE {
        return Err(NotNow::Life);
    }
    let wait = next_send(sent_at).map_or(Duration::ZERO, |at| at - now);
    if wait.is_positive() {
        return Err(NotNow::TooSoon(wait));
    }
    let hour_ago = now - Duration::hours(1);
    let lately: Vec<_> = sent_at.iter().filter(|at| **at > hour_ago).collect();
    match lately.as_slice() {
        [first, rest @ ..] if rest.len() + 1 >= SENDS_PER_HOUR => {
            Err(NotNow::Hour(**first + Duration::hours(1) - now))
        }
        _ => Ok(()),
    }
}

/// When the pause behind the last code ends.
pub(crate) fn next_send(sent_at: &[OffsetDateTime]) -> Option<OffsetDateTime> {
    let last = sent_at.last()?;
    let pause = COOL_DOWN[(sent_at.len() - 1).min(COOL_DOWN.len() - 1)];
    Some(*last + pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn blanks_are_ignored_and_other_texts_are_no_codes() {
        assert_eq!(
            Code::typed(" 123 456\n").unwrap().reveal().expose(),
            "123456"
        );
        assert_eq!(Code::typed("123-456").unwrap().reveal().expose(), "123456");
        for text in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(Code::typed(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_mac_belongs_to_one_challenge_link_and_channel() {
        let pepper = Pepper::new(vec![1; 32]);
        let code = Code::typed("123456").unwrap();
        let (challenge, link) = (Uuid::from_u128(1), LinkId::from_uuid(Uuid::from_u128(2)));
        let mac = code.mac(&pepper, challenge, link, CodeChannel::Sms);
        let other = LinkId::from_uuid(Uuid::from_u128(3));
        for changed in [
            code.mac(&pepper, Uuid::from_u128(3), link, CodeChannel::Sms),
            code.mac(&pepper, challenge, other, CodeChannel::Sms),
            code.mac(&pepper, challenge, link, CodeChannel::Voice),
            code.mac(&Pepper::new(vec![2; 32]), challenge, link, CodeChannel::Sms),
            Code::typed("123457")
                .unwrap()
                .mac(&pepper, challenge, link, CodeChannel::Sms),
        ] {
            assert_ne!(mac, changed);
        }
    }

    #[test]
    fn pauses_grow_from_one_minute_to_ten() {
        let mut sent = vec![START];
        for seconds in [60, 180, 300] {
            let last = *sent.last().unwrap();
            let due = last + Duration::seconds(seconds);
            let early = due - Duration::seconds(1);
            assert_eq!(
                may_send(&sent, early),
                Err(NotNow::TooSoon(Duration::seconds(1)))
            );
            assert_eq!(may_send(&sent, due), Ok(()));
            sent.push(due);
        }
        let last = *sent.last().unwrap();
        assert_eq!(
            may_send(&sent, last),
            Err(NotNow::TooSoon(Duration::minutes(10)))
        );
    }

    proptest! {
        #[test]
        fn no_patience_gets_more_than_five_an_hour_or_ten_in_all(waits in prop::collection::vec(0i64..7_200, 0..60)) {
            let (mut now, mut sent) = (START, Vec::new());
            for wait in waits {
                now += Duration::seconds(wait);
                if may_send(&sent, now).is_ok() {
                    sent.push(now);
                }
            }
            prop_assert!(sent.len() <= 10);
            for window in sent.windows(6) {
                prop_assert!(window[5] - window[0] >= Duration::hours(1));
            }
        }
    }
}
