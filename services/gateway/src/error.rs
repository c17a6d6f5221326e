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
    #[error("there is no such organization")]
    OrganizationNotFound,
    #[error("there is no such API client")]
    ApiClientNotFound,
    #[error("there is no such user")]
    UserNotFound,
    #[error("the invitation is not valid")]
    InvitationInvalid,
    #[error("organization, address or password is wrong")]
    SignInFailed,
    #[error("the session is not valid")]
    SessionInvalid,
    #[error("another organization has this slug")]
    SlugTaken,
    #[error("another user has this address")]
    EmailTaken,
    #[error("the last owner cannot be deactivated")]
    LastOwner,
    #[error("the caller may do less than what it would change")]
    BeyondCaller,
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
            Self::OrganizationNotFound
            | Self::ApiClientNotFound
            | Self::UserNotFound
            | Self::InvitationInvalid => Kind::NotFound,
            Self::SignInFailed | Self::SessionInvalid => Kind::Unauthenticated,
            Self::SlugTaken | Self::EmailTaken | Self::RequestIdReused => Kind::AlreadyExists,
            Self::LastOwner => Kind::Precondition,
            Self::BeyondCaller => Kind::Forbidden,
            Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::Unavailable => Kind::Unavailable,
            Self::Store(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::OrganizationNotFound => "ORGANIZATION_NOT_FOUND",
            Self::ApiClientNotFound => "API_CLIENT_NOT_FOUND",
            Self::UserNotFound => "USER_NOT_FOUND",
            Self::InvitationInvalid => "INVITATION_INVALID",
            Self::SignInFailed => "SIGN_IN_FAILED",
            Self::SessionInvalid => "SESSION_INVALID",
            Self::SlugTaken => "SLUG_TAKEN",
            Self::EmailTaken => "EMAIL_TAKEN",
            Self::LastOwner => "LAST_OWNER",
            Self::BeyondCaller => "BEYOND_CALLER",
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
            Some("users_email") => Self::EmailTaken,
            // Its identifier comes from a request id whose first answer is not kept any more.
            Some("organizations_key" | "slugs_organization") => Self::RequestIdReused,
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
