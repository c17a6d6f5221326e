//! What is wrong with a message on its face, whatever it means: rules over data, no model.

mod address;
mod custom;
mod emoji;
pub(crate) mod links;
mod names;
mod preview;
mod price;
mod repeat;

use std::ops::Range;

use crate::lexicon::{ConceptId, Lexicon};
use crate::message::{Outbound, Role};
use crate::policy::Policy;
use crate::reading::Reading;
use crate::secret;
use crate::verdict::{Action, Cause, Finding, Span};

/// Everything a rule may look at.
pub(crate) struct Case<'a> {
    pub(crate) text: &'a str,
    pub(crate) context: &'a Outbound,
    pub(crate) reading: &'a Reading,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) policy: &'a Policy,
    pub(crate) findings: Vec<Finding>,
}

impl Case<'_> {
    /// Adds a finding of a rule, unless the policy does not ask for it.
    pub(crate) fn found(
        &mut self,
        rule: &str,
        bytes: Option<Range<usize>>,
        message: &'static str,
        suggestion: Option<String>,
    ) {
        let asked = self.policy.rule(rule);
        self.add(
            rule,
            asked.action,
            asked.approver,
            bytes,
            message,
            suggestion,
        );
    }

    pub(crate) fn add(
        &mut self,
        rule: &str,
        action: Action,
        approver: Option<Role>,
        bytes: Option<Range<usize>>,
        message: &'static str,
        suggestion: Option<String>,
    ) {
        if action == Action::Allow {
            return;
        }
        self.findings.push(Finding {
            rule: rule.to_owned(),
            action,
            approver: approver.filter(|_| action == Action::RequireApproval),
            span: bytes.map(|bytes| Span::of(self.text, bytes)),
            message,
            suggestion,
            cause: Cause::Rule,
        });
    }

    /// The first mention of a concept, as bytes of the text.
    pub(crate) fn mention(&self, concept: &str) -> Option<Range<usize>> {
        let id = self.lexicon.id(concept)?;
        self.mention_of(id)
    }

    pub(crate) fn mention_of(&self, id: ConceptId) -> Option<Range<usize>> {
        let mention = self.reading.mentions.iter().find(|m| m.concept == id)?;
        let words = self.reading.words.list();
        let chars = words[mention.first].start..words[mention.end - 1].end;
        Some(self.reading.folded.original(chars))
    }

    pub(crate) fn mentions(&self, concept: &str) -> bool {
        self.mention(concept).is_some()
    }
}

/// Applies every rule.
pub(crate) fn apply(case: &mut Case<'_>) {
    emoji::apply(case);
    address::apply(case);
    secrets(case);
    preview::apply(case);
    price::apply(case);
    repeat::apply(case);
    links::apply(case);
    custom::apply(case);
}

fn secrets(case: &mut Case<'_>) {
    for secret in secret::find(&case.reading.folded) {
        let (rule, message) = match secret.kind {
            secret::Kind::Card => ("secret.card", "guard.secret.card"),
            _ => ("secret.national_id", "guard.secret.national_id"),
        };
        let bytes = case.reading.folded.original(secret.chars);
        case.found(rule, Some(bytes), message, None);
    }
}
