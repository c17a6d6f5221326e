//! What can go wrong, as clients see it.
#![deny(clippy::wildcard_enum_match_arm)]

use bitewing_rpc::{Failure, Kind, Violation, status};
use bitewing_runtime::audit::AuditError;
use bitewing_store::StoreError;
use tonic::Status;

/// A failure of a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    #[error("there is no such patient")]
    PatientNotFound,
    #[error("there is no such clinic")]
    ClinicNotFound,
    #[error("another patient has this external id")]
    ExternalIdTaken,
    #[error("the record was changed meanwhile")]
    EtagMismatch,
    #[error("the request id belongs to another request")]
    RequestIdReused,
    #[error("another call changed the same; repeat it")]
    Conflict,
    #[error("the database is not available")]
    Unavailable,
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::PatientNotFound | Self::ClinicNotFound => Kind::NotFound,
            Self::ExternalIdTaken | Self::RequestIdReused => Kind::AlreadyExists,
            Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::Unavailable => Kind::Unavailable,
            Self::Store(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::PatientNotFound => "PATIENT_NOT_FOUND",
            Self::ClinicNotFound => "CLINIC_NOT_FOUND",
            Self::ExternalIdTaken => "EXTERNAL_ID_TAKEN",
            Self::EtagMismatch => "ETAG_MISMATCH",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Store(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> &[Violation] {
        if let Self::Invalid(violations) = self {
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

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("external_ids_key") => Self::ExternalIdTaken,
            Some("patients_clinic") => Self::ClinicNotFound,
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
