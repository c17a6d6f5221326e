//! What the model says of a message, in words.

use crate::corpus::Intent;
use crate::embed::Second;
use crate::model::{Bucketed, Intents, Scores, Table, Thresholds};
use crate::reading::Reading;
use crate::verdict::{Action, Cause, Finding, Span};

/// The intents, in the order of the model's columns.
const INTENTS: [Intent; 12] = [
    Intent::Book,
    Intent::Cancel,
    Intent::Reschedule,
    Intent::Confirm,
    Intent::Price,
    Intent::PostOp,
    Intent::Late,
    Intent::Document,
    Intent::Complaint,
    Intent::Thanks,
    Intent::OptOut,
    Intent::Other,
];

/// The key of what people are told.
pub(crate) fn message(head: &str) -> &'static str {
    match head {
        "rude" => "guard.meaning.rude",
        "clinical_advice" => "guard.meaning.clinical_advice",
        "flirting" => "guard.meaning.flirting",
        "off_topic" => "guard.meaning.off_topic",
        "urgent" => "guard.meaning.urgent",
        "angry" => "guard.meaning.angry",
        "harassment" => "guard.meaning.harassment",
        _ => "guard.meaning.opt_out",
    }
}

/// The parts of the text that weighed most.
pub(crate) fn evidence(
    text: &str,
    reading: &Reading,
    table: &Table,
    features: &Bucketed,
    column: usize,
) -> Vec<Span> {
    table
        .evidence(features, column, reading.folded.chars().len())
        .into_iter()
        .map(|(from, to)| Span::of(text, reading.folded.original(from..to)))
        .collect()
}

/// A message from a patient and what the model says of it.
pub(crate) struct Judged<'a> {
    pub(crate) text: &'a str,
    pub(crate) reading: &'a Reading,
    pub(crate) table: &'a Table,
    pub(crate) intents: &'a Intents,
    pub(crate) features: &'a Bucketed,
    pub(crate) scores: &'a Scores,
    pub(crate) second: Option<&'a Second<'a>>,
}

/// What a second reader may raise, never lower: missing one of these harms.
const RAISED: [&str; 2] = ["urgent", "opt_out"];

impl Judged<'_> {
    fn column(&self, name: &str) -> usize {
        self.table.column(name).unwrap_or_default()
    }

    fn first(&self, column: usize) -> (f32, Thresholds) {
        let score = self.scores.probability(self.table, column);
        (score, self.table.heads[column].thresholds)
    }

    /// What the second reader says of a head, else the built-in model.
    fn opinion(&self, column: usize) -> (f32, Thresholds) {
        self.second.map_or_else(
            || self.first(column),
            |second| (second.probability(column), second.thresholds(column)),
        )
    }

    pub(crate) fn probability(&self, name: &str) -> f32 {
        self.opinion(self.column(name)).0
    }

    /// Whether nobody needs to ask back.
    pub(crate) fn is_sure(&self, name: &str) -> bool {
        let column = self.column(name);
        [self.first(column), self.opinion(column)]
            .iter()
            .any(|(score, thresholds)| *score >= thresholds.hold)
    }

    pub(crate) fn find(&self, name: &str, findings: &mut Vec<Finding>) -> bool {
        let column = self.column(name);
        let (mut score, thresholds) = self.opinion(column);
        let mut found = score >= thresholds.warn;
        let (first, own) = self.first(column);
        if !found && RAISED.contains(&name) && first >= own.warn {
            (score, found) = (first, true);
        }
        if found {
            let evidence = evidence(self.text, self.reading, self.table, self.features, column);
            findings.push(Finding {
                rule: format!("meaning.{name}"),
                action: Action::Warn,
                approver: None,
                span: evidence.first().copied(),
                message: message(name),
                suggestion: None,
                cause: Cause::Model { score, evidence },
            });
        }
        found
    }

    pub(crate) fn intents(&self) -> Vec<(Intent, f32)> {
        let mut shares = self.intents.shares(&self.scores.margins);
        if let Some(second) = self.second {
            shares = second.intents(&shares);
        }
        let mut intents: Vec<(Intent, f32)> = INTENTS.into_iter().zip(shares).collect();
        intents.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        intents.truncate(3);
        intents
    }
}
