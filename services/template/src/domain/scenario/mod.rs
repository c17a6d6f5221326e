//! What patients ask and how clinics answer: intents, services, suggested answers and playbooks (R18, R75-R77).
//!
//! | module | holds |
//! |---|---|
//! | `content` | examples, answers and steps that cannot be wrong |
//! | `words` | the words of a text, folded and stemmed by language |
//! | `library` | the scenarios that come with the product |
//! | `search` | how well a scenario fits what a patient wrote |
//! | `suggest` | answers, filled in |

mod content;
mod library;
mod search;
mod suggest;
mod words;

pub(crate) use content::{Answer, Content, ContentFlaw, Step, StepKind};
pub(crate) use library::{built_in, built_ins, service_name};
pub(crate) use search::{Query, asked, fit};
pub(crate) use suggest::{Suggested, suggest};
pub(crate) use words::lexemes;

use super::Key;
use super::phrasebook::Locale;
use bitewing_core::{ClinicId, ScenarioId};
use time::OffsetDateTime;

/// Where a scenario stands: there is one for each place of a clinic, of a chain and of the library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub(crate) locale: Locale,
    pub(crate) intent: Key,
    /// `None` is any service.
    pub(crate) service: Option<Key>,
}

impl Spot {
    /// The service as it is stored and listed: empty for any.
    pub(crate) fn service_text(&self) -> &str {
        self.service.as_ref().map_or("", Key::as_str)
    }
}

/// What a chain, or one of its clinics, made of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) id: ScenarioId,
    /// `None` is the whole chain.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) version: i32,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

/// A scenario; one that comes with the product is nobody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) spot: Spot,
    pub(crate) content: Content,
    pub(crate) owned: Option<Owned>,
}

impl Owned {
    /// The etag: changes with every change.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }
}
