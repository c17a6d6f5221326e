//! The guard: structure, spelling and meaning together.

use std::sync::Arc;

use bitewing_core::Language;

use crate::corpus::{Direction, RedFlag, Sentiment, Urgency};
use crate::judged::{Judged, evidence, message};
use crate::lexicon::Lexicon;
use crate::message::{Inbound, MessageError, Outbound, Role, check_text};
use crate::model::Model;
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
        }
    }

    /// The fingerprint of the model.
    pub fn model_version(&self) -> &str {
        &self.model.version
    }

    /// Judges a message to a patient.
    pub fn check(
        &self,
        text: &str,
        context: &Outbound,
        policy: &Policy,
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
        if !context.pre_approved {
            self.meaning(&mut case);
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
            versions: self.versions(policy.version()),
        })
    }

    fn versions(&self, policy: &str) -> Versions {
        Versions {
            model: self.model.version.clone(),
            policy: policy.to_owned(),
        }
    }

    fn meaning(&self, case: &mut Case<'_>) {
        let table = &self.model.out;
        let role = case.context.operator_role;
        let features = case
            .reading
            .features(Direction::Out, Some(role), &self.lexicon, table.bits);
        let scores = table.score(&features);
        for (column, head) in table.heads.iter().enumerate() {
            // A dentist may diagnose and prescribe.
            if head.name == "clinical_advice" && role.is_clinician() {
                continue;
            }
            let score = scores.probability(table, column);
            let surest = if score >= head.thresholds.block {
                Action::Block
            } else if score >= head.thresholds.hold {
                Action::RequireApproval
            } else {
                Action::Warn
            };
            let rule = format!("meaning.{}", head.name);
            let asked = case.policy.rule(&rule);
            if score < head.thresholds.warn || asked.action == Action::Allow {
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
    }

    /// Judges a message from a patient.
    pub fn analyze(&self, text: &str, context: &Inbound) -> Result<Analysis, MessageError> {
        check_text(text)?;
        let reading = Reading::new(text, context.language, &self.lexicon, &self.model.language);
        let table = &self.model.inbound;
        let features = reading.features(Direction::In, None, &self.lexicon, table.bits);
        let scores = table.score(&features);
        let judged = Judged {
            text,
            reading: &reading,
            table,
            intents: &self.model.intents,
            features: &features,
            scores: &scores,
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
        let sure_opt_out = judged.probability("opt_out") >= judged.head("opt_out").thresholds.hold;
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
            versions: self.versions("none"),
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
