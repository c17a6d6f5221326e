//! What can go wrong, as clients see it.
#![deny(clippy::wildcard_enum_match_arm)]

use bitewing_guard_desk::desk::CheckError;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Failure, Kind, Violation, status};
use bitewing_runtime::audit::AuditError;
use bitewing_store::StoreError;
use tonic::Status;

/// A failure of a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    #[error("there is no such clinic")]
    ClinicNotFound,
    #[error("there is no such channel account")]
    ChannelAccountNotFound,
    #[error("there is no such message")]
    MessageNotFound,
    #[error("there is no such patient")]
    PatientNotFound,
    #[error("the patient wants no messages")]
    DoNotContact,
    #[error("the organization has no account for the channel")]
    NoChannelAccount,
    #[error("the phone is a landline: it can be called only")]
    PhoneIsLandline,
    #[error("the provider of the account cannot be asked")]
    ChannelAccountNotTestable,
    #[error("the message is not ambiguous")]
    MessageNotAmbiguous,
    #[error("the time of the message has passed")]
    MessageExpired,
    #[error("the guard does not let the message leave")]
    GuardBlocked(Vec<Violation>),
    #[error("the block cannot be overridden, or not by this caller")]
    GuardOverrideRefused,
    #[error("somebody of another role has to agree")]
    GuardApproverNeeded,
    #[error("nobody approves what they wrote")]
    GuardOwnMessage,
    #[error("more messages wait for the guard than it can read in time")]
    GuardBusy,
    #[error("the message does not wait for anybody")]
    MessageNotHeld,
    #[error("the clinic was changed meanwhile")]
    EtagMismatch,
    #[error("the request id belongs to another request")]
    RequestIdReused,
    #[error("another call changed the same; repeat it")]
    Conflict,
    #[error("the database is not available")]
    Unavailable,
    #[error("another service failed")]
    Peer(#[source] PeerError),
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::ClinicNotFound
            | Self::ChannelAccountNotFound
            | Self::MessageNotFound
            | Self::PatientNotFound => Kind::NotFound,
            Self::NoChannelAccount
            | Self::PhoneIsLandline
            | Self::ChannelAccountNotTestable
            | Self::MessageNotAmbiguous
            | Self::MessageExpired
            | Self::MessageNotHeld
            | Self::DoNotContact
            | Self::GuardBlocked(_) => Kind::Precondition,
            Self::GuardOverrideRefused | Self::GuardApproverNeeded | Self::GuardOwnMessage => {
                Kind::Forbidden
            }
            Self::RequestIdReused => Kind::AlreadyExists,
            Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::Unavailable | Self::GuardBusy => Kind::Unavailable,
            Self::Peer(error) => error.kind(),
            Self::Store(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::ClinicNotFound => "CLINIC_NOT_FOUND",
            Self::ChannelAccountNotFound => "CHANNEL_ACCOUNT_NOT_FOUND",
            Self::MessageNotFound => "MESSAGE_NOT_FOUND",
            Self::NoChannelAccount => "NO_CHANNEL_ACCOUNT",
            Self::PhoneIsLandline => "PHONE_IS_LANDLINE",
            Self::ChannelAccountNotTestable => "CHANNEL_ACCOUNT_NOT_TESTABLE",
            Self::MessageNotAmbiguous => "MESSAGE_NOT_AMBIGUOUS",
            Self::MessageExpired => "MESSAGE_EXPIRED",
            Self::PatientNotFound => "PATIENT_NOT_FOUND",
            Self::DoNotContact => "DO_NOT_CONTACT",
            Self::GuardBlocked(_) => "GUARD_BLOCKED",
            Self::GuardOverrideRefused => "GUARD_OVERRIDE_REFUSED",
            Self::GuardApproverNeeded => "GUARD_APPROVER_NEEDED",
            Self::GuardOwnMessage => "GUARD_OWN_MESSAGE",
            Self::GuardBusy => "GUARD_BUSY",
            Self::MessageNotHeld => "MESSAGE_NOT_HELD",
            Self::EtagMismatch => "ETAG_MISMATCH",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Peer(error) => error.reason(),
            Self::Store(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> &[Violation] {
        if let Self::Invalid(violations) | Self::GuardBlocked(violations) = self {
            violations
        } else {
            &[]
        }
    }
}

impl From<Vec<Violation>> for Error {
    fn from(violations: Vec<Violation>) -> Self {
        Self::Invalid(violations)
    }
}

impl From<PeerError> for Error {
    fn from(error: PeerError) -> Self {
        Self::Peer(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("messages_clinic") => Self::ClinicNotFound,
            _ if matches!(error, StoreError::RequestIdReused) => Self::RequestIdReused,
            _ if matches!(error, StoreError::Conflict) => Self::Conflict,
            _ if error.is_transient() => Self::Unavailable,
            _ => Self::Store(error),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Busy(_) => Self::GuardBusy,
            CheckError::Unreadable(error) => {
                Self::Invalid(vec![Violation::new(error.field(), &error)])
            }
        }
    }
}

impl From<AuditError> for Error {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Invalid(violations) => Self::Invalid(violations),
            AuditError::Store(error) => error.into(),
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        status(&error)
    }
}
