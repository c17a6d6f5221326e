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
    #[error("the patient was erased")]
    PatientErased,
    #[error("a patient named as family is not there")]
    RelatedPatientNotFound,
    #[error("the patient has no such contact point")]
    ContactPointNotFound,
    #[error("a patient cannot be merged with itself")]
    SamePatient,
    #[error("the record is part of another patient")]
    PatientMerged,
    #[error("the patient is deleted")]
    PatientDeleted,
    #[error("the patients have too much to be one")]
    MergeTooLarge,
    #[error("the records are not merged")]
    NotMerged,
    #[error("there is no such erasure")]
    ErasureNotFound,
    #[error("there is no such block")]
    BlockNotFound,
    #[error("there is no such appointment")]
    AppointmentNotFound,
    #[error("the appointment is over or was cancelled")]
    AppointmentNotOpen,
    #[error("there is no such appointment request")]
    AppointmentRequestNotFound,
    #[error("the appointment request was resolved otherwise")]
    AppointmentRequestResolved,
    #[error("the link cannot be opened")]
    PreferenceLinkNotFound,
    #[error("only the page itself may ask this")]
    CrossSite,
    #[error("the batch had another row under this number")]
    ImportRowReused,
    #[error("the batch does not have every row of the snapshot")]
    SnapshotIncomplete,
    #[error("the snapshot lacks more patients than may be deleted")]
    SnapshotTooDifferent,
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
            Self::PatientNotFound
            | Self::PatientErased
            | Self::RelatedPatientNotFound
            | Self::ContactPointNotFound
            | Self::ErasureNotFound
            | Self::BlockNotFound
            | Self::AppointmentNotFound
            | Self::AppointmentRequestNotFound
            | Self::PreferenceLinkNotFound
            | Self::ClinicNotFound => Kind::NotFound,
            Self::CrossSite => Kind::Forbidden,
            Self::SamePatient
            | Self::PatientMerged
            | Self::PatientDeleted
            | Self::MergeTooLarge
            | Self::AppointmentNotOpen
            | Self::AppointmentRequestResolved
            | Self::SnapshotIncomplete
            | Self::SnapshotTooDifferent
            | Self::NotMerged => Kind::Precondition,
            Self::ExternalIdTaken | Self::RequestIdReused | Self::ImportRowReused => {
                Kind::AlreadyExists
            }
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
            Self::PatientErased => "PATIENT_ERASED",
            Self::RelatedPatientNotFound => "RELATED_PATIENT_NOT_FOUND",
            Self::ContactPointNotFound => "CONTACT_POINT_NOT_FOUND",
            Self::SamePatient => "SAME_PATIENT",
            Self::PatientMerged => "PATIENT_MERGED",
            Self::PatientDeleted => "PATIENT_DELETED",
            Self::MergeTooLarge => "MERGE_TOO_LARGE",
            Self::NotMerged => "NOT_MERGED",
            Self::ErasureNotFound => "ERASURE_NOT_FOUND",
            Self::BlockNotFound => "BLOCK_NOT_FOUND",
            Self::AppointmentNotFound => "APPOINTMENT_NOT_FOUND",
            Self::AppointmentNotOpen => "APPOINTMENT_NOT_OPEN",
            Self::AppointmentRequestNotFound => "APPOINTMENT_REQUEST_NOT_FOUND",
            Self::AppointmentRequestResolved => "APPOINTMENT_REQUEST_RESOLVED",
            Self::PreferenceLinkNotFound => "PREFERENCE_LINK_NOT_FOUND",
            Self::CrossSite => "CROSS_SITE",
            Self::ExternalIdTaken => "EXTERNAL_ID_TAKEN",
            Self::ImportRowReused => "IMPORT_ROW_REUSED",
            Self::SnapshotIncomplete => "SNAPSHOT_INCOMPLETE",
            Self::SnapshotTooDifferent => "SNAPSHOT_TOO_DIFFERENT",
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
            Some("patient_relations_related") => Self::RelatedPatientNotFound,
            Some("erasures_key" | "patient_merges_standing") => Self::Conflict,
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
