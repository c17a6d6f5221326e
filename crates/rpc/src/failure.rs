//! One closed vocabulary of failures, and the one place where they become a gRPC status.

use crate::{DOMAIN, Violation};
use std::error::Error;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// What kind of thing went wrong. New kinds are added with thought: clients branch on the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is not well formed.
    Invalid,
    /// No valid credential.
    Unauthenticated,
    /// The credential does not allow it.
    Forbidden,
    /// There is no such thing, or none the caller may know of.
    NotFound,
    /// Something with this name is already there.
    AlreadyExists,
    /// The state of things does not allow it.
    Precondition,
    /// Somebody else changed it meanwhile; reading again and repeating may help.
    Conflict,
    /// A limit is reached.
    Exhausted,
    /// Something needed is not there right now; repeating helps.
    Unavailable,
    /// The time allowed for the call is over.
    Deadline,
    /// There is no such method.
    Unimplemented,
    /// A fault of ours.
    Internal,
}

impl Kind {
    const fn code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Forbidden => Code::PermissionDenied,
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Precondition => Code::FailedPrecondition,
            Self::Conflict => Code::Aborted,
            Self::Exhausted => Code::ResourceExhausted,
            Self::Unavailable => Code::Unavailable,
            Self::Deadline => Code::DeadlineExceeded,
            Self::Unimplemented => Code::Unimplemented,
            Self::Internal => Code::Internal,
        }
    }
}

/// An error that can be shown to a client.
pub trait Failure: Error + 'static {
    /// What kind of failure it is.
    fn kind(&self) -> Kind;
    /// The stable reason, `UPPER_SNAKE`: part of the API.
    fn reason(&self) -> &'static str;
    /// The fields at fault.
    fn violations(&self) -> &[Violation] {
        &[]
    }
    /// When repeating may help.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// Makes the status of a failure. An internal one is logged here, once, with its chain; the client
/// learns only that it happened.
pub fn status(error: &(impl Failure + 'static)) -> Status {
    let kind = error.kind();
    if kind == Kind::Internal {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(reason = error.reason(), %chain, "a call failed");
    }
    let mut details = ErrorDetails::new();
    details.set_error_info(error.reason(), DOMAIN, std::collections::HashMap::new());
    for violation in error.violations() {
        details.add_bad_request_violation(&violation.field, violation.description.clone());
    }
    if let Some(delay) = error.retry_after() {
        details.set_retry_info(Some(delay));
    }
    let message = if kind == Kind::Internal {
        "internal error".to_owned()
    } else {
        error.to_string()
    };
    Status::with_error_details(kind.code(), message, details)
}

/// A failure of the layers around a handler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No valid credential.
    #[error("a valid credential is required")]
    Unauthenticated,
    /// The caller's kind, scope, role or service does not allow the method.
    #[error("the credential does not allow this method")]
    Forbidden,
    /// The clinic named is not among the caller's: as if it did not exist.
    #[error("there is no such clinic")]
    ClinicNotFound,
    /// The handler panicked.
    #[error("a handler panicked")]
    Panicked,
    /// The deadline passed, or too little of it is left.
    #[error("the deadline passed")]
    DeadlinePassed,
    /// More calls than allowed.
    #[error("too many requests")]
    TooManyRequests(Duration),
    /// More calls wait for an answer than are kept waiting.
    #[error("there is too much to do right now")]
    Overloaded,
    /// The service a method belongs to cannot be reached.
    #[error("the service cannot be reached")]
    PeerUnavailable,
    /// No such method.
    #[error("there is no such method")]
    NoSuchMethod,
    /// Nothing is served under the path, over plain HTTP.
    #[error("there is nothing under this path")]
    NoSuchPath,
    /// The message is larger than allowed.
    #[error("the message is too large")]
    TooLarge,
    /// What arrived is no message.
    #[error("the message cannot be read")]
    Malformed,
    /// The request is not well formed.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
}

impl Refusal {
    /// What tonic means by a status of its own making, which it answers before a handler sees a message:
    /// that what the client sent cannot be read. It blames the server for that (gRPC status codes,
    /// INTERNAL "failed to parse"); statuses made here carry details and are left alone.
    pub fn of_tonic(status: &Status) -> Option<Self> {
        if !status.details().is_empty() {
            return None;
        }
        match status.code() {
            Code::Internal => Some(Self::Malformed),
            Code::OutOfRange => Some(Self::TooLarge),
            Code::Unimplemented => Some(Self::NoSuchMethod),
            _ => None,
        }
    }
}

impl Failure for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated => Kind::Unauthenticated,
            Self::Forbidden => Kind::Forbidden,
            Self::ClinicNotFound | Self::NoSuchPath => Kind::NotFound,
            Self::NoSuchMethod => Kind::Unimplemented,
            Self::Panicked => Kind::Internal,
            Self::DeadlinePassed => Kind::Deadline,
            Self::TooManyRequests(_) | Self::TooLarge => Kind::Exhausted,
            Self::Overloaded | Self::PeerUnavailable => Kind::Unavailable,
            Self::Malformed | Self::Invalid(_) => Kind::Invalid,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::ClinicNotFound => "CLINIC_NOT_FOUND",
            Self::Panicked => "INTERNAL",
            Self::DeadlinePassed => "DEADLINE_EXCEEDED",
            Self::TooManyRequests(_) => "RATE_LIMITED",
            Self::Overloaded => "OVERLOADED",
            Self::PeerUnavailable => "SERVICE_UNAVAILABLE",
            Self::NoSuchMethod | Self::NoSuchPath => "NO_SUCH_METHOD",
            Self::TooLarge => "MESSAGE_TOO_LARGE",
            Self::Malformed => "MALFORMED_MESSAGE",
            Self::Invalid(_) => "INVALID_REQUEST",
        }
    }

    fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(violations) => violations,
            _ => &[],
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests(delay) => Some(*delay),
            Self::Overloaded => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        status(&refusal)
    }
}

/// The stable reason of a peer's status, if it carries one.
pub fn reason_of(status: &Status) -> Option<String> {
    status.get_details_error_info().map(|info| info.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_reason_violations_and_retry() {
        let made = status(&Refusal::Invalid(vec![Violation::new(
            "patient.email",
            "is required",
        )]));
        assert_eq!(made.code(), Code::InvalidArgument);
        let details = made.get_error_details();
        assert_eq!(
            details.error_info().map(|info| info.reason.as_str()),
            Some("INVALID_REQUEST")
        );
        let bad = details.bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, "patient.email");
        let limited = status(&Refusal::TooManyRequests(Duration::from_secs(3)));
        assert_eq!(
            limited
                .get_details_retry_info()
                .and_then(|info| info.retry_delay),
            Some(Duration::from_secs(3))
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "this is how tonic makes them")]
    fn what_tonic_cannot_read_is_the_clients_fault() {
        let own = Status::internal("failed to decode Protobuf message: invalid varint");
        assert_eq!(Refusal::of_tonic(&own), Some(Refusal::Malformed));
        let own = Status::new(Code::OutOfRange, "decoded message length too large");
        assert_eq!(Refusal::of_tonic(&own), Some(Refusal::TooLarge));
        assert_eq!(Refusal::of_tonic(&status(&Refusal::Panicked)), None);
        assert_eq!(Refusal::of_tonic(&Status::new(Code::Unavailable, "")), None);
    }

    #[test]
    fn internal_failures_say_nothing() {
        let made = status(&Refusal::Panicked);
        assert_eq!(
            (made.code(), made.message()),
            (Code::Internal, "internal error")
        );
    }
}
