//! What can go wrong, as clients see it.

use crate::blob::{BlobError, ReadError};
use crate::domain::framing::Damaged;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Failure, Kind, Violation, status};
use bitewing_runtime::audit::AuditError;
use bitewing_store::StoreError;
use std::time::Duration;
use tonic::Status;

/// A failure of a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    #[error("a valid credential is required")]
    Unauthenticated,
    #[error("the credential does not allow this")]
    Forbidden,
    #[error("there is no such clinic")]
    ClinicNotFound,
    #[error("there is no such document")]
    DocumentNotFound,
    #[error("the document cannot be opened in its present state")]
    DocumentNotReady,
    #[error("there is no such upload")]
    UploadNotFound,
    #[error("the offset is not the one the upload has reached")]
    OffsetMismatch,
    #[error("other than the announced number of bytes arrived")]
    SizeMismatch,
    #[error("a piece must reach the end of the file or of a part of 8 MiB")]
    PieceTooSmall,
    #[error("no bytes arrived for too long")]
    Stalled,
    #[error("there is no such patient")]
    PatientNotFound,
    #[error("there is no such link")]
    LinkNotFound,
    #[error("the patient has no e-mail address")]
    NoEmail,
    #[error("the patient has no phone this code can go to")]
    NoPhone,
    #[error("the organization does not send codes to the region of this phone")]
    RegionNotAllowed,
    #[error("the patient must not be contacted")]
    DoNotContact,
    #[error("both addresses are those of the link")]
    NothingToCorrect,
    #[error("the policy was changed meanwhile; read it again")]
    EtagMismatch,
    #[error("this link does not open anything")]
    LinkGone,
    #[error("another code cannot be sent yet")]
    CodeTooSoon(Duration),
    #[error("too many codes were asked for or tried")]
    CodeLimitReached(Option<Duration>),
    #[error("the code is wrong")]
    CodeWrong,
    #[error("the code is not valid any more")]
    CodeExpired,
    #[error("the session has ended")]
    SessionEnded,
    #[error("too many downloads of this link run at once")]
    TooManyDownloads,
    #[error("the request comes from another site")]
    CrossSite,
    #[error("the request id belongs to another request")]
    RequestIdReused,
    #[error("another call changed the same; repeat it")]
    Conflict,
    #[error("the database or the document store is not available")]
    Unavailable,
    #[error(transparent)]
    Peer(#[from] PeerError),
    #[error("the store failed")]
    Store(#[source] StoreError),
    #[error("the document store failed")]
    Blob(#[source] BlobError),
    #[error("a stored document does not open")]
    Damaged,
}

impl Failure for Error {
    #[deny(clippy::wildcard_enum_match_arm)]
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::SizeMismatch | Self::PieceTooSmall => Kind::Invalid,
            Self::Unauthenticated | Self::CodeWrong | Self::CodeExpired | Self::SessionEnded => {
                Kind::Unauthenticated
            }
            Self::Forbidden | Self::CrossSite => Kind::Forbidden,
            Self::ClinicNotFound
            | Self::DocumentNotFound
            | Self::UploadNotFound
            | Self::PatientNotFound
            | Self::LinkNotFound
            | Self::LinkGone => Kind::NotFound,
            Self::DocumentNotReady
            | Self::NoEmail
            | Self::NoPhone
            | Self::RegionNotAllowed
            | Self::NothingToCorrect
            | Self::DoNotContact => Kind::Precondition,
            Self::RequestIdReused => Kind::AlreadyExists,
            Self::OffsetMismatch | Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::CodeTooSoon(_) | Self::CodeLimitReached(_) | Self::TooManyDownloads => {
                Kind::Exhausted
            }
            Self::Stalled => Kind::Deadline,
            Self::Unavailable => Kind::Unavailable,
            Self::Peer(error) => error.kind(),
            Self::Store(_) | Self::Blob(_) | Self::Damaged => Kind::Internal,
        }
    }

    #[deny(clippy::wildcard_enum_match_arm)]
    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::ClinicNotFound => "CLINIC_NOT_FOUND",
            Self::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Self::DocumentNotReady => "DOCUMENT_NOT_READY",
            Self::UploadNotFound => "UPLOAD_NOT_FOUND",
            Self::OffsetMismatch => "OFFSET_MISMATCH",
            Self::SizeMismatch => "SIZE_MISMATCH",
            Self::PieceTooSmall => "PIECE_TOO_SMALL",
            Self::Stalled => "STALLED",
            Self::PatientNotFound => "PATIENT_NOT_FOUND",
            Self::LinkNotFound => "LINK_NOT_FOUND",
            Self::NoEmail => "NO_EMAIL",
            Self::NoPhone => "NO_PHONE",
            Self::RegionNotAllowed => "REGION_NOT_ALLOWED",
            Self::DoNotContact => "DO_NOT_CONTACT",
            Self::NothingToCorrect => "NOTHING_TO_CORRECT",
            Self::EtagMismatch => "ETAG_MISMATCH",
            Self::LinkGone => "LINK_GONE",
            Self::CodeTooSoon(_) => "CODE_TOO_SOON",
            Self::CodeLimitReached(_) => "CODE_LIMIT_REACHED",
            Self::CodeWrong => "CODE_WRONG",
            Self::CodeExpired => "CODE_EXPIRED",
            Self::SessionEnded => "SESSION_ENDED",
            Self::TooManyDownloads => "TOO_MANY_DOWNLOADS",
            Self::CrossSite => "CROSS_SITE",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Peer(error) => error.reason(),
            Self::Store(_) | Self::Blob(_) | Self::Damaged => "INTERNAL",
        }
    }

    fn violations(&self) -> &[Violation] {
        if let Self::Invalid(violations) = self {
            violations
        } else {
            &[]
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CodeTooSoon(delay) | Self::CodeLimitReached(Some(delay)) => Some(*delay),
            Self::TooManyDownloads => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

impl From<Vec<Violation>> for Error {
    fn from(violations: Vec<Violation>) -> Self {
        Self::Invalid(violations)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("documents_clinic" | "links_clinic") => Self::ClinicNotFound,
            // Somebody else committed the part first.
            Some("parts_key") => Self::OffsetMismatch,
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

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        Self::Blob(error)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged(_) => Self::Damaged,
            ReadError::Store(source) => Self::Blob(BlobError::Store(source)),
        }
    }
}

impl From<Damaged> for Error {
    fn from(_: Damaged) -> Self {
        Self::Damaged
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
