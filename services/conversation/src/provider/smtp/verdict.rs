//! What a mail server's answer, or its silence, means at each step.

use super::super::{Answer, Fault};
use crate::domain::{Heard, Reason};
use lettre::transport::smtp::Error;
use std::error::Error as _;

/// How far a conversation with a mail server has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Connect,
    Encrypt,
    /// The server's greeting and ours.
    Hello,
    Authenticate,
    /// Who it is from.
    Sender,
    /// To whom it goes.
    Recipient,
    /// Whether the message may come.
    Data,
    /// The message itself: from here on the server may have it.
    Message,
}

/// Why a step was the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server said no.
    Reply(Reply),
    /// The connection broke, or what came was no SMTP.
    Broken,
    /// Nothing came in time.
    Late,
    /// The server cannot what is needed: encrypt, or write the address.
    Unable,
}

/// A negative reply: its code (RFC 5321) and the enhanced one (RFC 3463), if any. Its words are not
/// kept: they like to repeat the patient's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) enhanced: Option<[u16; 3]>,
}

/// Where a conversation ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) step: Step,
    pub(super) failure: Failure,
}

impl Reply {
    /// Reads a code and the words behind it.
    pub(super) fn read(code: u16, words: &str) -> Self {
        Self {
            code,
            enhanced: enhanced(words).filter(|[class, ..]| *class == code / 100),
        }
    }

    /// As messages show it.
    fn shown(self) -> String {
        match self.enhanced {
            Some([class, subject, detail]) => format!("{} {class}.{subject}.{detail}", self.code),
            None => self.code.to_string(),
        }
    }

    const fn is_permanent(self) -> bool {
        self.code / 100 == 5
    }
}

/// `5.1.1` at the beginning of the words.
fn enhanced(words: &str) -> Option<[u16; 3]> {
    let first = words.split_ascii_whitespace().next()?;
    let mut numbers = first.split('.').map(|number| {
        let digits = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| number.parse().ok()).flatten()
    });
    let read = [numbers.next()??, numbers.next()??, numbers.next()??];
    (numbers.next().is_none() && matches!(read[0], 2 | 4 | 5)).then_some(read)
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error.status() {
            Some(code) => {
                let words = error.source().map(ToString::to_string).unwrap_or_default();
                Self::Reply(Reply::read(code.into(), &words))
            }
            None => Self::Broken,
        }
    }
}

impl Ending {
    /// What is known about the message.
    pub(super) const fn heard(self) -> Heard {
        match self.failure {
            Failure::Reply(reply) if reply.is_permanent() => self.refused(reply),
            // 421 included, also after the message: the server says that it has not taken it.
            Failure::Reply(_) => Heard::NotSent(Reason::ProviderBusy),
            Failure::Unable if matches!(self.step, Step::Authenticate) => {
                Heard::Refused(Reason::CredentialsRefused)
            }
            Failure::Unable if matches!(self.step, Step::Sender | Step::Recipient) => {
                Heard::Refused(Reason::AddressNotSupported)
            }
            Failure::Unable => Heard::NotSent(Reason::EncryptionFailed),
            Failure::Broken | Failure::Late => match self.step {
                Step::Connect => Heard::NotSent(Reason::NotReached),
                Step::Encrypt => Heard::NotSent(Reason::EncryptionFailed),
                Step::Message => Heard::Unknown(Reason::NoAnswer),
                _ => Heard::NotSent(Reason::NoAnswer),
            },
        }
    }

    /// What a 5xx reply is about.
    const fn refused(self, reply: Reply) -> Heard {
        match (self.step, reply.code, reply.enhanced) {
            // Before anybody said anything: the server, or a machine in front of it, has a bad day.
            (Step::Connect | Step::Hello, ..) => Heard::NotSent(Reason::ProviderRefused),
            (Step::Encrypt, ..) => Heard::NotSent(Reason::EncryptionFailed),
            (Step::Authenticate, ..) | (_, 530 | 534 | 535 | 538, _) => {
                Heard::Refused(Reason::CredentialsRefused)
            }
            // RFC 6531: the address needs SMTPUTF8 somewhere on its way.
            (_, _, Some([_, 6, 7])) => Heard::Refused(Reason::AddressNotSupported),
            // Policy and relaying are about us, not about the mailbox (RFC 3463 3.8).
            (Step::Recipient, _, Some([_, 7, _])) => Heard::Refused(Reason::ProviderRefused),
            (Step::Recipient, ..) => Heard::Refused(Reason::AddressRefused),
            _ => Heard::Refused(Reason::ProviderRefused),
        }
    }

    fn code(self) -> String {
        match self.failure {
            Failure::Reply(reply) => reply.shown(),
            _ => String::new(),
        }
    }
}

impl From<Ending> for Answer {
    fn from(ending: Ending) -> Self {
        Self {
            code: ending.code(),
            ..ending.heard().into()
        }
    }
}

impl From<Ending> for Fault {
    fn from(ending: Ending) -> Self {
        let reason = match ending.heard() {
            Heard::Refused(reason) | Heard::NotSent(reason) | Heard::Unknown(reason) => reason,
            _ => Reason::ProviderError,
        };
        Self {
            reason,
            code: ending.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Heard::{NotSent, Refused, Unknown};

    const STEPS: [Step; 8] = [
        Step::Connect,
        Step::Encrypt,
        Step::Hello,
        Step::Authenticate,
        Step::Sender,
        Step::Recipient,
        Step::Data,
        Step::Message,
    ];

    fn heard(step: Step, failure: Failure) -> Heard {
        Ending { step, failure }.heard()
    }

    fn reply(code: u16, words: &str) -> Failure {
        Failure::Reply(Reply::read(code, words))
    }

    #[test]
    fn only_silence_after_the_message_leaves_a_doubt() {
        for step in STEPS {
            for failure in [Failure::Broken, Failure::Late] {
                let doubt = matches!(heard(step, failure), Unknown(_));
                assert_eq!(doubt, step == Step::Message, "{step:?} {failure:?}");
            }
            for code in [421, 450, 451, 452, 454, 500, 550, 552, 554] {
                let heard = heard(step, reply(code, ""));
                assert!(!matches!(heard, Unknown(_)), "{step:?} {code}");
            }
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_will_not_is_refused() {
        for step in STEPS {
            let busy = heard(step, reply(451, "4.7.1 greylisted"));
            assert_eq!(busy, NotSent(Reason::ProviderBusy), "{step:?}");
            let refused = matches!(heard(step, reply(554, "")), Refused(_));
            assert_eq!(refused, step > Step::Hello, "{step:?}");
        }
    }

    #[test]
    fn refusals_say_whether_mailbox_account_or_server_is_meant() {
        for (step, code, words, reason) in [
            (
                Step::Recipient,
                550,
                "5.1.1 no such user",
                Reason::AddressRefused,
            ),
            (Step::Recipient, 550, "no such user", Reason::AddressRefused),
            (
                Step::Recipient,
                550,
                "5.7.1 relaying denied",
                Reason::ProviderRefused,
            ),
            (
                Step::Recipient,
                553,
                "5.6.7 SMTPUTF8",
                Reason::AddressNotSupported,
            ),
            (
                Step::Sender,
                530,
                "5.7.0 authenticate",
                Reason::CredentialsRefused,
            ),
            (
                Step::Authenticate,
                535,
                "5.7.8 no",
                Reason::CredentialsRefused,
            ),
            (
                Step::Sender,
                550,
                "5.7.1 not yours",
                Reason::ProviderRefused,
            ),
            (Step::Message, 552, "5.3.4 too big", Reason::ProviderRefused),
        ] {
            assert_eq!(
                heard(step, reply(code, words)),
                Refused(reason),
                "{code} {words}"
            );
        }
        assert_eq!(
            heard(Step::Recipient, Failure::Unable),
            Refused(Reason::AddressNotSupported)
        );
        assert_eq!(
            heard(Step::Encrypt, Failure::Unable),
            NotSent(Reason::EncryptionFailed)
        );
    }

    #[test]
    fn codes_are_kept_and_words_are_not() {
        for (code, words, shown) in [
            (550, "5.1.1 <anne@example.org> unknown", "550 5.1.1"),
            (550, "anne@example.org unknown", "550"),
            (450, "4.2.2\nover quota", "450 4.2.2"),
            (550, "4.2.2 of another class", "550"),
            (550, "5.1 short", "550"),
            (550, "5.1.1.1 long", "550"),
            (550, "5.1.1000 large", "550"),
            (550, "5.-1.1 odd", "550"),
            (554, "", "554"),
        ] {
            assert_eq!(Reply::read(code, words).shown(), shown, "{words}");
        }
    }
}
