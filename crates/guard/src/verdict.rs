//! What the guard answers.

use std::fmt;
use std::ops::Range;

use bitewing_core::Language;
use serde::Serialize;

use crate::corpus::{Intent, RedFlag, Sentiment, Urgency};
use crate::message::Role;

/// What a finding asks for; the strongest of a message's findings is its verdict (R74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing to say.
    Allow,
    /// The writer sees it and may send all the same.
    Warn,
    /// Somebody of the named role has to agree.
    RequireApproval,
    /// It must not leave; an override needs a reason and is written down.
    Block,
}

/// Why a finding was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A rule that can be read.
    Rule,
    /// The model: how sure it is, and what weighed most.
    Model {
        /// From 0 to 1.
        score: f32,
        /// The pieces that weighed most, heaviest first.
        evidence: Vec<Span>,
    },
}

/// A part of the text as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 unit, which is what browsers count.
    pub utf16_start: usize,
    /// One past the last UTF-16 unit.
    pub utf16_end: usize,
}

impl Span {
    /// The span of a range of bytes that begins and ends between characters.
    pub fn of(text: &str, bytes: Range<usize>) -> Self {
        let units = |part: &str| part.chars().map(char::len_utf16).sum::<usize>();
        let utf16_start = units(&text[..bytes.start]);
        Self {
            start: bytes.start,
            end: bytes.end,
            utf16_start,
            utf16_end: utf16_start + units(&text[bytes]),
        }
    }
}

/// One thing that was found. What to write instead may repeat the text, so `Debug` does not show it.
#[derive(Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Which rule: `emoji.class`, `secret.card`, `meaning.rude` and so on.
    pub rule: String,
    /// What it asks for.
    pub action: Action,
    /// Who may agree; of [`Action::RequireApproval`].
    pub approver: Option<Role>,
    /// Where; none when it is about the whole or about what is missing.
    pub span: Option<Span>,
    /// The key of the explanation shown to people.
    pub message: &'static str,
    /// What to write instead, where that is known.
    pub suggestion: Option<String>,
    /// How it was found.
    pub cause: Cause,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("rule", &self.rule)
            .field("action", &self.action)
            .field("approver", &self.approver)
            .field("span", &self.span)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// Something that has to happen besides (or instead of) sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Page whoever is on call, over every clock and opening hour (R56).
    PageOnCall,
    /// Raise the priority; today, not now.
    RaisePriority,
    /// The answer has to ask the patient to come in (R65).
    AskToComeIn,
    /// Tell the dentist (R65).
    NotifyDentist,
    /// Seal the evidence and tell the dentist; nobody answers (R63, R86).
    SealEvidence,
    /// Record the wish to receive nothing more.
    OptOut,
    /// Ask a person whether this is a wish to receive nothing more.
    ConfirmOptOut,
    /// Advise to move to the phone or into the clinic (R16).
    CoolDown,
    /// A person has to read it before anything automatic answers.
    PersonFirst,
}

/// What decided: kept with every verdict, so that it can be understood later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// The fingerprint of the model.
    pub model: String,
    /// The fingerprint of the policy as it was merged.
    pub policy: String,
}

/// The answer about a message to a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The strongest action of the findings.
    pub action: Action,
    /// Who may agree, where somebody must.
    pub approver: Option<Role>,
    /// In the order of the text; those about the whole come first.
    pub findings: Vec<Finding>,
    /// What has to happen besides.
    pub outcomes: Vec<Outcome>,
    /// The language it was read in, as a tag.
    pub language: LanguageGuess,
    /// False when no dictionary of the language is installed: spelling was not looked at.
    pub spelling_checked: bool,
    /// What decided.
    pub versions: Versions,
}

/// A language and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LanguageGuess {
    /// The likeliest.
    #[serde(serialize_with = "tag")]
    pub language: Language,
    /// From 0 to 1.
    pub confidence: f32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn tag<S: serde::Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.tag())
}

/// The answer about a message from a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The language.
    pub language: LanguageGuess,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// What makes it so, as far as it can be named.
    pub red_flags: Vec<RedFlag>,
    /// The mood.
    pub sentiment: Sentiment,
    /// What is wanted, likeliest first, with how sure that is.
    pub intents: Vec<(Intent, f32)>,
    /// Sexual, threatening or stalking.
    pub harassment: bool,
    /// Wants no more messages of some kind.
    pub opt_out: bool,
    /// Why: rules and model, with their spans.
    pub findings: Vec<Finding>,
    /// What has to happen.
    pub outcomes: Vec<Outcome>,
    /// What decided.
    pub versions: Versions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_counts_bytes_and_utf16_units() {
        let text = "é🦷 kiss";
        let span = Span::of(text, text.find("kiss").unwrap()..text.len());
        assert_eq!((span.start, span.end), (7, 11));
        assert_eq!((span.utf16_start, span.utf16_end), (4, 8));
    }

    #[test]
    fn actions_are_ordered_by_strength() {
        assert!(Action::Allow < Action::Warn);
        assert!(Action::Warn < Action::RequireApproval);
        assert!(Action::RequireApproval < Action::Block);
    }
}
