//! What can go wrong, as clients see it.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::domain::phrasebook::FillError;
use crate::domain::{Flaw, Part, RenderError};
use bitewing_rpc::{Failure, Kind, Violation, status};
use bitewing_runtime::audit::AuditError;
use bitewing_store::StoreError;
use tonic::Status;

/// A failure of a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    #[error("the wording is not valid")]
    TemplateInvalid(Vec<Violation>),
    #[error("the wording is not valid")]
    WordingInvalid(Vec<Violation>),
    #[error("there is no such template")]
    TemplateNotFound,
    #[error("there is a template for this kind, language and channel")]
    TemplateExists,
    #[error("the template was changed meanwhile")]
    EtagMismatch,
    #[error("the request id belongs to another request")]
    RequestIdReused,
    #[error("another call changed the same; repeat it")]
    Conflict,
    #[error("the database is not available")]
    Unavailable,
    #[error("a checked wording does not render")]
    Engine,
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl Error {
    /// Names the fields of a wording's flaws.
    pub(crate) fn of_flaws(flaws: Vec<Flaw>) -> Self {
        let field = |part| match part {
            Part::Subject => "template.subject",
            Part::Body => "template.body",
        };
        Self::TemplateInvalid(
            flaws
                .into_iter()
                .map(|flaw| Violation::new(field(flaw.part), flaw))
                .collect(),
        )
    }

    /// Names the fields of a draft's flaws.
    pub(crate) fn of_draft(flaws: Vec<Flaw>) -> Self {
        let field = |part| match part {
            Part::Subject => "subject",
            Part::Body => "body",
        };
        Self::WordingInvalid(
            flaws
                .into_iter()
                .map(|flaw| Violation::new(field(flaw.part), flaw))
                .collect(),
        )
    }
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::TemplateInvalid(_) | Self::WordingInvalid(_) => Kind::Invalid,
            Self::TemplateNotFound => Kind::NotFound,
            Self::TemplateExists | Self::RequestIdReused => Kind::AlreadyExists,
            Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::Unavailable => Kind::Unavailable,
            Self::Engine | Self::Store(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::TemplateInvalid(_) => "TEMPLATE_INVALID",
            Self::WordingInvalid(_) => "WORDING_INVALID",
            Self::TemplateNotFound => "TEMPLATE_NOT_FOUND",
            Self::TemplateExists => "TEMPLATE_EXISTS",
            Self::EtagMismatch => "ETAG_MISMATCH",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Engine | Self::Store(_) => "INTERNAL",
        }
    }

    fn violations(&self) -> &[Violation] {
        if let Self::Invalid(violations)
        | Self::TemplateInvalid(violations)
        | Self::WordingInvalid(violations) = self
        {
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

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Missing(names) => Self::Invalid(
                names
                    .into_iter()
                    .map(|name| {
                        Violation::new(format!("variables.{name}"), "is required by the wording")
                    })
                    .collect(),
            ),
            RenderError::Broken => Self::Engine,
        }
    }
}

impl From<FillError> for Error {
    fn from(error: FillError) -> Self {
        match error {
            FillError::Values(wrong) => Self::Invalid(
                wrong
                    .into_iter()
                    .map(|(name, error)| {
                        let field = format!("variables.{name}");
                        match error {
                            Some(error) => Violation::new(field, error),
                            None => Violation::new(field, "is required by the wording"),
                        }
                    })
                    .collect(),
            ),
            FillError::Broken => Self::Engine,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("templates_slot") => Self::TemplateExists,
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
