//! What the guard says of labelled messages, against what a careful reader says.

use std::collections::BTreeMap;

use bitewing_core::Language;
use serde::Serialize;

use super::figures::Counts;
use crate::Guard;
use crate::corpus::{Expectation, Message, OutLabel, Sentiment, Urgency};
use crate::message::{Inbound, MessageError, Outbound, Role};
use crate::policy::Policy;
use crate::verdict::Action;

/// Labels of messages to patients.
pub const OUT_LABELS: [(&str, OutLabel); 9] = [
    ("rude", OutLabel::Rude),
    ("flirting", OutLabel::Flirting),
    ("clinical_advice", OutLabel::ClinicalAdvice),
    ("off_topic", OutLabel::OffTopic),
    ("spelling", OutLabel::Spelling),
    ("emoji", OutLabel::Emoji),
    ("missing_intro", OutLabel::MissingIntro),
    ("missing_name", OutLabel::MissingName),
    ("secret", OutLabel::Secret),
];

/// Labels of messages from patients.
pub const IN_LABELS: [&str; 4] = ["urgent", "angry", "harassment", "opt_out"];

/// The label a rule speaks for.
fn label_of(rule: &str) -> Option<&'static str> {
    match rule {
        "meaning.rude" => Some("rude"),
        "meaning.flirting" => Some("flirting"),
        "meaning.clinical_advice" | "clinical.drug" => Some("clinical_advice"),
        "meaning.off_topic" => Some("off_topic"),
        "spelling.unknown_word" => Some("spelling"),
        "intro.missing" => Some("missing_intro"),
        "address.missing_name" => Some("missing_name"),
        _ if rule.starts_with("emoji.") => Some("emoji"),
        _ if rule.starts_with("secret.") => Some("secret"),
        _ => None,
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The label.
    pub label: &'static str,
    /// A language, or `all`.
    pub lang: &'static str,
    /// `out` or `in`.
    pub direction: &'static str,
    /// Messages judged on it.
    pub n: usize,
    /// Found and wanted.
    pub tp: usize,
    /// Found and not wanted.
    pub fp: usize,
    /// Wanted and not found.
    #[serde(rename = "fn")]
    pub missed: usize,
    /// Of what was found, the share that was wanted.
    pub precision: f64,
    /// Of what was wanted, the share that was found.
    pub recall: f64,
    /// Both.
    pub f1: f64,
}

/// All figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// By label and language.
    pub rows: Vec<Row>,
    /// Of messages from patients, the share whose first intent is right.
    pub intent_accuracy: f64,
    /// Of texts over 20 characters, the share whose language is right.
    pub language_accuracy: f64,
    /// Of clean messages to patients, the share that is blocked.
    pub false_block_rate: f64,
    /// Of clean messages to patients, the share that is warned about or held.
    pub false_warn_rate: f64,
    /// How many clean messages to patients each rule spoke of.
    pub false_alarms: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Share {
    part: usize,
    whole: usize,
}

impl Share {
    fn add(&mut self, yes: bool) {
        self.whole += 1;
        self.part += usize::from(yes);
    }

    /// 0 when nothing was counted.
    fn rate(&self) -> f64 {
        self.part as f64 / self.whole.max(1) as f64
    }
}

/// Judges messages, each with its own guard, so that cross-validation can use the guard that has not read
/// the author.
pub fn judge<'g>(
    messages: &[Message],
    policy: &Policy,
    guard: impl Fn(usize) -> &'g Guard,
) -> Result<Report, MessageError> {
    let mut run = Run::default();
    for (place, message) in messages.iter().enumerate() {
        run.add(message, guard(place), policy)?;
    }
    Ok(run.report())
}

#[derive(Default)]
struct Run {
    counts: BTreeMap<(&'static str, &'static str, usize), Counts>,
    intents: Share,
    languages: Share,
    blocks: Share,
    warns: Share,
    alarms: BTreeMap<String, usize>,
}

impl Run {
    fn add(
        &mut self,
        message: &Message,
        guard: &Guard,
        policy: &Policy,
    ) -> Result<(), MessageError> {
        let language = message.lang.parse::<Language>().unwrap_or_default();
        let scored = |label: &str| {
            message
                .scored
                .as_ref()
                .is_none_or(|scored| scored.contains(label))
        };
        let guess = match &message.expect {
            Expectation::Out(expect) => {
                let verdict =
                    guard.check_within(&message.text, &outbound(message), policy, &|| true)?;
                let found: Vec<(&str, Action)> = verdict
                    .findings
                    .iter()
                    .filter_map(|finding| {
                        label_of(&finding.rule).map(|label| (label, finding.action))
                    })
                    .filter(|(label, _)| scored(label))
                    .collect();
                for (name, label) in OUT_LABELS.into_iter().filter(|(name, _)| scored(name)) {
                    let wanted = expect.labels.contains(&label);
                    let found = found.iter().any(|(label, _)| *label == name);
                    self.count("out", name, language, wanted, found);
                }
                if expect.labels.is_empty() {
                    let mut rules: Vec<&str> = verdict
                        .findings
                        .iter()
                        .filter(|finding| label_of(&finding.rule).is_none_or(scored))
                        .map(|finding| finding.rule.as_str())
                        .collect();
                    rules.sort_unstable();
                    rules.dedup();
                    for rule in rules {
                        *self.alarms.entry(rule.to_owned()).or_default() += 1;
                    }
                    let strongest = if message.scored.is_some() {
                        found
                            .iter()
                            .map(|(_, action)| *action)
                            .max()
                            .unwrap_or(Action::Allow)
                    } else {
                        verdict.action
                    };
                    self.blocks.add(strongest == Action::Block);
                    self.warns
                        .add(matches!(strongest, Action::Warn | Action::RequireApproval));
                }
                verdict.language.language
            }
            Expectation::In(expect) => {
                let analysis =
                    guard.analyze_within(&message.text, &Inbound::default(), &|| true)?;
                for (name, wanted, found) in [
                    (
                        "urgent",
                        expect.urgency == Urgency::Urgent,
                        analysis.urgency == Urgency::Urgent,
                    ),
                    (
                        "angry",
                        expect.sentiment == Sentiment::Angry,
                        analysis.sentiment == Sentiment::Angry,
                    ),
                    ("harassment", expect.harassment, analysis.harassment),
                    ("opt_out", expect.opt_out, analysis.opt_out),
                ] {
                    if scored(name) {
                        self.count("in", name, language, wanted, found);
                    }
                }
                if scored("intent") {
                    let first = analysis.intents.first().map(|first| first.0);
                    self.intents.add(first == Some(expect.intent));
                }
                analysis.language.language
            }
        };
        if message.text.chars().count() > 20 && scored("lang") {
            let wanted = match &message.expect {
                Expectation::In(expect) => expect.lang.as_str(),
                Expectation::Out(_) => message.lang.as_str(),
            };
            self.languages.add(guess.tag() == wanted);
        }
        Ok(())
    }

    fn count(
        &mut self,
        direction: &'static str,
        label: &'static str,
        language: Language,
        wanted: bool,
        found: bool,
    ) {
        for place in [0, language as usize + 1] {
            self.counts
                .entry((direction, label, place))
                .or_default()
                .add(wanted, found);
        }
    }

    fn report(self) -> Report {
        let rows = self
            .counts
            .iter()
            .map(|((direction, label, place), counts)| Row {
                label,
                lang: place
                    .checked_sub(1)
                    .map_or("all", |index| Language::ALL[index].tag()),
                direction,
                n: counts.n,
                tp: counts.tp,
                fp: counts.fp,
                missed: counts.fn_,
                precision: counts.precision(),
                recall: counts.recall(),
                f1: counts.f1(),
            })
            .collect();
        Report {
            rows,
            intent_accuracy: self.intents.rate(),
            language_accuracy: self.languages.rate(),
            false_block_rate: self.blocks.rate(),
            false_warn_rate: self.warns.rate(),
            false_alarms: self.alarms,
        }
    }
}

/// What was known when a labelled message was written. The language is not told: the guard has to see it.
pub fn outbound(message: &Message) -> Outbound {
    let Some(context) = &message.context else {
        return Outbound::default();
    };
    Outbound {
        first_message: context.first_message,
        patient_first_name: context.patient_first_name.clone(),
        patient_last_name: context.patient_last_name.clone(),
        operator_name: context.operator_name.clone(),
        operator_role: Role::from_title(&context.operator_role),
        clinic: context.clinic.clone(),
        ..Outbound::default()
    }
}
