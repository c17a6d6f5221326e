//! What can go wrong, as clients see it.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::domain::phrasebook::FillError;
use crate::domain::{Flaw, Part, RenderError};
use bitewing_guard_desk::Busy;
use bitewing_guard_desk::desk::CheckError;
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
    #[error("there is no such kind")]
    WordingKindNotFound,
    #[error("there is a kind of this name")]
    WordingKindExists,
    #[error("the kind has wordings")]
    WordingKindInUse,
    #[error("there are too many kinds")]
    TooManyWordingKinds,
    #[error("there is no such wording")]
    WordingNotFound,
    #[error("there is a wording of this kind in this place")]
    WordingExists,
    #[error("there are too many wordings")]
    TooManyWordings,
    #[error("the wording's state does not allow it")]
    WordingState,
    #[error("it is for somebody else to decide")]
    WordingRole,
    #[error("who wrote a version does not approve it")]
    WordingAuthor,
    #[error("nothing is said of this kind in a language of the patient")]
    WordingMissing,
    #[error("WhatsApp would not take the wording")]
    WhatsAppUnfit(Vec<Violation>),
    #[error("there is no such template at WhatsApp")]
    WhatsAppTemplateNotFound,
    #[error("the wording is registered at WhatsApp already")]
    WhatsAppTemplateExists,
    #[error("WhatsApp has not approved the wording, or has taken it back")]
    WhatsAppNotApproved,
    #[error("there is no such clinic")]
    ClinicNotFound,
    #[error("there is no such price")]
    PriceNotFound,
    #[error("the price does not hold today")]
    PriceNotInForce,
    #[error("the price has no name in this language")]
    PriceNameMissing,
    #[error("there is no such scenario")]
    ScenarioNotFound,
    #[error("there is a scenario of this intent, service and locale")]
    ScenarioExists,
    #[error("there is no such instruction")]
    InstructionNotFound,
    #[error("the newest version is no draft")]
    InstructionNotDraft,
    #[error("no version is approved")]
    InstructionNotApproved,
    #[error("nothing of this kind was given")]
    InstructionIssueNotFound,
    #[error("the policy is not valid")]
    GuardPolicyInvalid(Vec<Violation>),
    #[error("there is no such feedback")]
    GuardFeedbackNotFound,
    #[error("more messages wait for the guard than it can read in time")]
    GuardBusy,
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

    /// Names the fields of a draft's flaws, below the field that holds the draft.
    pub(crate) fn of_draft(below: &str, flaws: Vec<Flaw>) -> Self {
        let field = |part| match part {
            Part::Subject => format!("{below}subject"),
            Part::Body => format!("{below}body"),
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
            Self::Invalid(_)
            | Self::TemplateInvalid(_)
            | Self::WordingInvalid(_)
            | Self::WhatsAppUnfit(_) => Kind::Invalid,
            Self::TemplateNotFound
            | Self::WordingKindNotFound
            | Self::WordingNotFound
            | Self::WhatsAppTemplateNotFound => Kind::NotFound,
            Self::TemplateExists
            | Self::WordingKindExists
            | Self::WordingExists
            | Self::WhatsAppTemplateExists
            | Self::RequestIdReused => Kind::AlreadyExists,
            Self::WordingKindInUse
            | Self::WordingState
            | Self::WordingMissing
            | Self::WhatsAppNotApproved => Kind::Precondition,
            Self::WordingRole | Self::WordingAuthor => Kind::Forbidden,
            Self::TooManyWordingKinds | Self::TooManyWordings => Kind::Exhausted,
            Self::ClinicNotFound
            | Self::PriceNotFound
            | Self::ScenarioNotFound
            | Self::InstructionNotFound
            | Self::InstructionIssueNotFound => Kind::NotFound,
            Self::ScenarioExists => Kind::AlreadyExists,
            Self::PriceNotInForce
            | Self::PriceNameMissing
            | Self::InstructionNotDraft
            | Self::InstructionNotApproved => Kind::Precondition,
            Self::GuardPolicyInvalid(_) => Kind::Invalid,
            Self::GuardFeedbackNotFound => Kind::NotFound,
            Self::EtagMismatch | Self::Conflict => Kind::Conflict,
            Self::Unavailable | Self::GuardBusy => Kind::Unavailable,
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
            Self::WordingKindNotFound => "WORDING_KIND_NOT_FOUND",
            Self::WordingKindExists => "WORDING_KIND_EXISTS",
            Self::WordingKindInUse => "WORDING_KIND_IN_USE",
            Self::TooManyWordingKinds => "TOO_MANY_WORDING_KINDS",
            Self::WordingNotFound => "WORDING_NOT_FOUND",
            Self::WordingExists => "WORDING_EXISTS",
            Self::TooManyWordings => "TOO_MANY_WORDINGS",
            Self::WordingState => "WORDING_STATE",
            Self::WordingRole => "WORDING_ROLE",
            Self::WordingAuthor => "WORDING_AUTHOR",
            Self::WordingMissing => "WORDING_MISSING",
            Self::WhatsAppUnfit(_) => "WHATS_APP_UNFIT",
            Self::WhatsAppTemplateNotFound => "WHATS_APP_TEMPLATE_NOT_FOUND",
            Self::WhatsAppTemplateExists => "WHATS_APP_TEMPLATE_EXISTS",
            Self::WhatsAppNotApproved => "WHATS_APP_NOT_APPROVED",
            Self::ClinicNotFound => "CLINIC_NOT_FOUND",
            Self::PriceNotFound => "PRICE_NOT_FOUND",
            Self::PriceNotInForce => "PRICE_NOT_IN_FORCE",
            Self::PriceNameMissing => "PRICE_NAME_MISSING",
            Self::ScenarioNotFound => "SCENARIO_NOT_FOUND",
            Self::ScenarioExists => "SCENARIO_EXISTS",
            Self::InstructionNotFound => "INSTRUCTION_NOT_FOUND",
            Self::InstructionNotDraft => "INSTRUCTION_NOT_DRAFT",
            Self::InstructionNotApproved => "INSTRUCTION_NOT_APPROVED",
            Self::InstructionIssueNotFound => "INSTRUCTION_ISSUE_NOT_FOUND",
            Self::GuardPolicyInvalid(_) => "GUARD_POLICY_INVALID",
            Self::GuardFeedbackNotFound => "GUARD_FEEDBACK_NOT_FOUND",
            Self::GuardBusy => "GUARD_BUSY",
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
        | Self::WordingInvalid(violations)
        | Self::WhatsAppUnfit(violations)
        | Self::GuardPolicyInvalid(violations) = self
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
            Some("guard_policy_versions_key") => Self::Conflict,
            Some("scenarios_place") => Self::ScenarioExists,
            Some("wording_kinds_key") => Self::WordingKindExists,
            // A kind that goes while somebody writes a wording of it.
            Some("wordings_own_kind") => Self::WordingKindInUse,
            Some("wordings_place") => Self::WordingExists,
            // Somebody else began the next version, or approved one, at the same time.
            Some("wordings_key" | "wordings_open" | "wordings_approved") => Self::Conflict,
            Some("whats_app_templates_name") => Self::WhatsAppTemplateExists,
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

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::GuardBusy
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
