//! A stand-in for Twilio: its REST API on a port of its own, a ledger of what was asked of it, faults,
//! and signed callbacks.

mod recorded;
mod server;
mod sign;

pub use recorded::{Kind, Recorded};
pub use server::StubTwilio;
pub use sign::{form, signature};

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Answers with a status and one of Twilio's error codes; nothing is made.
    Refuse(u16, u32),
    /// Answers 429 with these seconds to wait; nothing is made.
    Busy(u64),
    /// Answers 500; nothing is made.
    FailBefore,
    /// Makes it and answers 500.
    FailAfter,
    /// Makes it and never answers.
    Hang,
    /// Makes it and breaks the connection.
    CutAfter,
    /// Breaks the connection; nothing is made.
    CutBefore,
}
