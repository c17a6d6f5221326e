//! The guard: structure, spelling and meaning together.

use std::sync::Arc;

use bitewing_core::Language;

use crate::corpus::{Direction, RedFlag, Sentiment, Urgency};
use crate::embed::{Embedding, Second};
use crate::judged::{Judged, evidence, message};
use crate::lexicon::Lexicon;
use crate::message::{Inbound, MessageError, Outbound, Role, check_text};
use crate::model::{Model, Scores};
use crate::policy::Policy;
use crate::reading::Reading;
use crate::safety;
use crate::spelling::Spelling;
use crate::structure::{self, Case};
use crate::verdict::{Action, Analysis, Cause, Finding, Span, Verdict, Versions};

/// Everything needed to judge messages; cheap to clone, the same for every tenant.
#[derive(Debug, Clone)]
pub struct Guard {
    model: Arc<Model>,
    lexicon: Arc<Lexicon>,
    spelling: Arc<Spelling>,
    embedding: Option<Arc<Embedding>>,
}

impl Guard {
    /// A guard with the built-in model and lists and whatever dictionaries are given.
    pub fn new(spelling: Spelling) -> Self {
        Self::with_model(Model::built_in(), Arc::new(Lexicon::built_in()), spelling)
    }

    /// A guard with another model, as training makes them.
    pub fn with_model(model: Model, lexicon: Arc<Lexicon>, spelling: Spelling) -> Self {
        Self {
            model: Arc::new(model),
            lexicon,
            spelling: Arc::new(spelling),
            embedding: None,
        }
    }

    /// The same guard with a second reader, which [`Guard::check_within`] and [`Guard::analyze_within`] ask.
    #[must_use]
    pub fn with_embedding(self, embedding: Arc<Embedding>) -> Self {
        Self {
            embedding: Some(embedding),
            ..self
        }
    }

    /// The fingerprint of the model.
    pub fn model_version(&self) -> &str {
        &self.model.version
    }

    /// Judges a message to a patient with the built-in model alone.
    pub fn check(
        &self,
        text: &str,
        context: &Outbound,
        policy: &Policy,
    ) -> Result<Verdict, MessageError> {
        self.check_within(text, context, policy, &|| false)
    }

    /// Judges a message to a patient, and asks the second reader as long as `go_on` says there is time. Where
    /// there is none, or no second reader of the language, the verdict is that of [`Guard::check`].
    pub fn check_within(
        &self,
        text: &str,
        context: &Outbound,
        policy: &Policy,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Verdict, MessageError> {
        check_text(text)?;
        context.check()?;
        let reading = Reading::new(text, context.language, &self.lexicon, &self.model.language);
        let mut case = Case {
            text,
            context,
            reading: &reading,
            lexicon: &self.lexicon,
            policy,
            findings: Vec::new(),
        };
        structure::apply(&mut case);
        let spelling_checked = self.spelling.apply(&mut case);
        let mut asked_both = false;
        if !context.pre_approved {
            asked_both = self.meaning(&mut case, go_on);
        }
        let mut outcomes = Vec::new();
        if let Some(answered) = &context.answers {
            let inbound = Inbound {
                language: context.language,
                ..Inbound::default()
            };
            let asked = self.analyze(answered, &inbound)?;
            safety::reply(&mut case, &asked, &mut outcomes);
        }
        let mut findings = case.findings;
        findings.sort_by(|a, b| {
            let place = |f: &Finding| f.span.map(|span| (span.start, span.end));
            place(a).cmp(&place(b)).then_with(|| a.rule.cmp(&b.rule))
        });
        let strongest = findings.iter().max_by_key(|finding| finding.action);
        let action = strongest.map_or(Action::Allow, |finding| finding.action);
        Ok(Verdict {
            action,
            approver: approver(&findings, action),
            findings,
            outcomes,
            language: reading.language,
            spelling_checked,
            versions: self.versions(policy.version(), asked_both),
        })
    }

    /// `both`: the second reader spoke too.
    fn versions(&self, policy: &str, both: bool) -> Versions {
        let second = self.embedding.as_ref().filter(|_| both);
        Versions {
            model: second.map_or_else(
                || self.model.version.clone(),
                |second| format!("{}+{}", self.model.version, second.version()),
            ),
            policy: policy.to_owned(),
        }
    }

    /// What the second reader says, if there is one, it knows the language and there is time.
    fn second(
        &self,
        text: &str,
        reading: &Reading,
        (direction, scores): (Direction, &Scores),
        go_on: &dyn Fn() -> bool,
    ) -> Option<Second<'_>> {
        let language = reading.language.language;
        self.embedding
            .as_ref()?
            .read(text, language, (direction, &scores.margins), go_on)
    }

    /// Adds what the models find; whether the second one was asked.
    fn meaning(&self, case: &mut Case<'_>, go_on: &dyn Fn() -> bool) -> bool {
        let table = &self.model.out;
        let role = case.context.operator_role;
        let features = case
            .reading
            .features(Direction::Out, Some(role), &self.lexicon, table.bits);
        let scores = table.score(&features);
        let second = self.second(case.text, case.reading, (Direction::Out, &scores), go_on);
        for (column, head) in table.heads.iter().enumerate() {
            // A dentist may diagnose and prescribe.
            if head.name == "clinical_advice" && role.is_clinician() {
                continue;
            }
            let (score, thresholds) = match &second {
                Some(second) => (second.probability(column), second.thresholds(column)),
                None => (scores.probability(table, column), head.thresholds),
            };
            let surest = if score >= thresholds.block {
                Action::Block
            } else if score >= thresholds.hold {
                Action::RequireApproval
            } else {
                Action::Warn
            };
            let rule = format!("meaning.{}", head.name);
            let asked = case.policy.rule(&rule);
            if score < thresholds.warn || asked.action == Action::Allow {
                continue;
            }
            // Holding for the dentist is what clinical advice needs, however sure the model is.
            let action = if head.name == "clinical_advice" {
                asked.action
            } else {
                asked.action.max(surest)
            };
            let evidence = evidence(case.text, case.reading, table, &features, column);
            case.findings.push(Finding {
                approver: (action == Action::RequireApproval)
                    .then(|| asked.approver.unwrap_or(Role::Manager)),
                rule,
                action,
                span: evidence.first().copied(),
                message: message(&head.name),
                suggestion: None,
                cause: Cause::Model { score, evidence },
            });
        }
        safety::clinical(case);
        second.is_some()
    }

    /// Judges a message from a patient with the built-in model alone.
    pub fn analyze(&self, text: &str, context: &Inbound) -> Result<Analysis, MessageError> {
        self.analyze_within(text, context, &|| false)
    }

    /// Judges a message from a patient, and asks the second reader as long as `go_on` says there is time. It can
    /// raise urgency and the wish to receive nothing more, never lower them.
    pub fn analyze_within(
        &self,
        text: &str,
        context: &Inbound,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Analysis, MessageError> {
        check_text(text)?;
        let reading = Reading::new(text, context.language, &self.lexicon, &self.model.language);
        let table = &self.model.inbound;
        let features = reading.features(Direction::In, None, &self.lexicon, table.bits);
        let scores = table.score(&features);
        let second = self.second(text, &reading, (Direction::In, &scores), go_on);
        let judged = Judged {
            text,
            reading: &reading,
            table,
            intents: &self.model.intents,
            features: &features,
            scores: &scores,
            second: second.as_ref(),
        };
        let mut findings = Vec::new();
        let urgent = judged.find("urgent", &mut findings);
        let soon = judged.probability("soon") >= 0.5;
        let harassment = judged.find("harassment", &mut findings);
        let angry = judged.find("angry", &mut findings);
        let by_word = safety::opt_out_word(&reading, &self.lexicon);
        let opt_out = judged.find("opt_out", &mut findings) || by_word.is_some();
        let flags = safety::red_flags(&reading, &self.lexicon);
        let raised = safety::is_red(&flags, &reading, &self.lexicon);
        let urgency = if urgent || raised {
            Urgency::Urgent
        } else if soon
            || !flags.is_empty() && context.days_since_procedure.is_some_and(|days| days <= 14)
        {
            Urgency::Soon
        } else {
            Urgency::None
        };
        for flag in &flags {
            findings.push(Finding {
                rule: format!("red_flag.{}", flag.concept),
                action: Action::Warn,
                approver: None,
                span: Some(Span::of(text, reading.folded.original(flag.chars.clone()))),
                message: "guard.red_flag",
                suggestion: None,
                cause: Cause::Rule,
            });
        }
        if let Some(chars) = by_word {
            findings.push(Finding {
                rule: "opt_out.keyword".to_owned(),
                action: Action::Warn,
                approver: None,
                span: Some(Span::of(text, reading.folded.original(chars))),
                message: "guard.opt_out",
                suggestion: None,
                cause: Cause::Rule,
            });
        }
        let sentiment = if angry {
            Sentiment::Angry
        } else if judged.probability("positive") >= judged.probability("negative").max(0.4) {
            Sentiment::Positive
        } else if judged.probability("negative") >= 0.5 {
            Sentiment::Negative
        } else {
            Sentiment::Neutral
        };
        let intents = judged.intents();
        let red_flags: Vec<RedFlag> = {
            let mut kinds: Vec<RedFlag> = flags.iter().map(|flag| flag.kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        };
        let sure_opt_out = judged.is_sure("opt_out");
        let outcomes = safety::outcomes(&safety::Inputs {
            urgency,
            fever: red_flags.contains(&RedFlag::Fever),
            harassment,
            angry,
            opt_out,
            sure_opt_out,
            unsure: intents.first().is_none_or(|first| first.1 < 0.4),
            recent: context.days_since_procedure.is_some_and(|days| days <= 14),
        });
        Ok(Analysis {
            language: reading.language,
            urgency,
            red_flags,
            sentiment,
            intents,
            harassment,
            opt_out,
            findings,
            outcomes,
            versions: self.versions("none", second.is_some()),
        })
    }

    /// The language of a text.
    pub fn language(&self, text: &str, hint: Option<Language>) -> crate::verdict::LanguageGuess {
        Reading::new(text, hint, &self.lexicon, &self.model.language).language
    }

    /// The dictionaries, for suggestions.
    pub fn spelling(&self) -> &Spelling {
        &self.spelling
    }
}

/// The one who decides over the strongest findings: the dentist before the manager.
fn approver(findings: &[Finding], action: Action) -> Option<Role> {
    findings
        .iter()
        .filter(|finding| finding.action == action)
        .filter_map(|finding| finding.approver)
        .min_by_key(|role| *role != Role::Dentist)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guard_serves_every_thread() {
        fn shared<T: Send + Sync + Clone + 'static>() {}
        shared::<Guard>();
        let guard = Guard::new(Spelling::none());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let guard = guard.clone();
                std::thread::spawn(move || guard.language("Où est le cabinet ?", None).language)
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Language::Fr);
        }
    }
}
