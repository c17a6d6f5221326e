//! Verdicts and analyses as they are answered.

use crate::desk::overridable;
use crate::explain::explain;
use bitewing_core::Language;
use bitewing_guard::corpus::{Intent, RedFlag, Sentiment, Urgency};
use bitewing_guard::message::Role;
use bitewing_guard::policy::Policy;
use bitewing_guard::verdict::{Action, Analysis, Cause, Finding, Outcome, Span, Verdict};
use bitewing_proto::template as pb;

/// An action on the wire.
pub const fn action(action: Action) -> pb::GuardAction {
    match action {
        Action::Allow => pb::GuardAction::Allow,
        Action::Warn => pb::GuardAction::Warn,
        Action::RequireApproval => pb::GuardAction::RequireApproval,
        Action::Block => pb::GuardAction::Block,
    }
}

/// Who has to agree, on the wire.
pub const fn role(role: Option<Role>) -> pb::GuardRole {
    match role {
        None => pb::GuardRole::Unspecified,
        Some(Role::Reception) => pb::GuardRole::Reception,
        Some(Role::Assistant) => pb::GuardRole::Assistant,
        Some(Role::Hygienist) => pb::GuardRole::Hygienist,
        Some(Role::Dentist) => pb::GuardRole::Dentist,
        Some(Role::Manager) => pb::GuardRole::Manager,
        Some(Role::Other) => pb::GuardRole::Other,
    }
}

fn span(span: Span) -> pb::GuardSpan {
    pb::GuardSpan {
        start: span.utf16_start as i32,
        end: span.utf16_end as i32,
        byte_start: span.start as i32,
        byte_end: span.end as i32,
    }
}

fn finding(found: &Finding, language: Language, overridable: bool) -> pb::GuardFinding {
    let (score, evidence) = match &found.cause {
        Cause::Rule => (0.0, Vec::new()),
        Cause::Model { score, evidence } => (*score, evidence.iter().copied().map(span).collect()),
    };
    pb::GuardFinding {
        rule: found.rule.clone(),
        action: action(found.action).into(),
        approver: role(found.approver).into(),
        span: found.span.map(span),
        explanation: explain(&found.rule, language).to_owned(),
        suggestion: found.suggestion.clone().unwrap_or_default(),
        score,
        evidence,
        overridable: overridable && found.action == Action::Block,
    }
}

fn outcome(outcome: Outcome) -> i32 {
    let outcome = match outcome {
        Outcome::PageOnCall => pb::GuardOutcome::PageOnCall,
        Outcome::RaisePriority => pb::GuardOutcome::RaisePriority,
        Outcome::AskToComeIn => pb::GuardOutcome::AskToComeIn,
        Outcome::NotifyDentist => pb::GuardOutcome::NotifyDentist,
        Outcome::SealEvidence => pb::GuardOutcome::SealEvidence,
        Outcome::OptOut => pb::GuardOutcome::OptOut,
        Outcome::ConfirmOptOut => pb::GuardOutcome::ConfirmOptOut,
        Outcome::CoolDown => pb::GuardOutcome::CoolDown,
        Outcome::PersonFirst => pb::GuardOutcome::PersonFirst,
    };
    outcome.into()
}

/// A verdict, explained in a language.
pub fn verdict(verdict: &Verdict, policy: &Policy, language: Language) -> pb::GuardVerdict {
    pb::GuardVerdict {
        action: action(verdict.action).into(),
        approver: role(verdict.approver).into(),
        findings: verdict
            .findings
            .iter()
            .map(|found| finding(found, language, overridable(found, policy)))
            .collect(),
        outcomes: verdict.outcomes.iter().copied().map(outcome).collect(),
        language: verdict.language.language.tag().to_owned(),
        language_confidence: verdict.language.confidence,
        spelling_checked: verdict.spelling_checked,
        model_version: verdict.versions.model.clone(),
        policy_version: verdict.versions.policy.clone(),
    }
}

/// An analysis, explained in a language.
pub fn analysis(analysis: &Analysis, language: Language) -> pb::GuardAnalysis {
    pb::GuardAnalysis {
        language: analysis.language.language.tag().to_owned(),
        language_confidence: analysis.language.confidence,
        urgency: urgency(analysis.urgency).into(),
        red_flags: analysis
            .red_flags
            .iter()
            .map(|flag| red_flag(*flag).into())
            .collect(),
        sentiment: sentiment(analysis.sentiment).into(),
        intents: analysis
            .intents
            .iter()
            .map(|(wish, score)| pb::GuardIntentScore {
                intent: intent(*wish).into(),
                score: *score,
            })
            .collect(),
        harassment: analysis.harassment,
        opt_out: analysis.opt_out,
        findings: analysis
            .findings
            .iter()
            .map(|found| finding(found, language, false))
            .collect(),
        outcomes: analysis.outcomes.iter().copied().map(outcome).collect(),
        model_version: analysis.versions.model.clone(),
    }
}

const fn urgency(urgency: Urgency) -> pb::GuardUrgency {
    match urgency {
        Urgency::None => pb::GuardUrgency::None,
        Urgency::Soon => pb::GuardUrgency::Soon,
        Urgency::Urgent => pb::GuardUrgency::Urgent,
    }
}

const fn sentiment(sentiment: Sentiment) -> pb::GuardSentiment {
    match sentiment {
        Sentiment::Positive => pb::GuardSentiment::Positive,
        Sentiment::Neutral => pb::GuardSentiment::Neutral,
        Sentiment::Negative => pb::GuardSentiment::Negative,
        Sentiment::Angry => pb::GuardSentiment::Angry,
    }
}

const fn red_flag(flag: RedFlag) -> pb::GuardRedFlag {
    match flag {
        RedFlag::Bleeding => pb::GuardRedFlag::Bleeding,
        RedFlag::Fever => pb::GuardRedFlag::Fever,
        RedFlag::Swelling => pb::GuardRedFlag::Swelling,
        RedFlag::SeverePain => pb::GuardRedFlag::SeverePain,
        RedFlag::Breathing => pb::GuardRedFlag::Breathing,
        RedFlag::Trauma => pb::GuardRedFlag::Trauma,
        RedFlag::SpreadingInfection => pb::GuardRedFlag::SpreadingInfection,
        RedFlag::DrugReaction => pb::GuardRedFlag::DrugReaction,
    }
}

const fn intent(intent: Intent) -> pb::GuardIntent {
    match intent {
        Intent::Book => pb::GuardIntent::Book,
        Intent::Cancel => pb::GuardIntent::Cancel,
        Intent::Reschedule => pb::GuardIntent::Reschedule,
        Intent::Confirm => pb::GuardIntent::Confirm,
        Intent::Price => pb::GuardIntent::Price,
        Intent::PostOp => pb::GuardIntent::PostOp,
        Intent::Late => pb::GuardIntent::Late,
        Intent::Document => pb::GuardIntent::Document,
        Intent::Complaint => pb::GuardIntent::Complaint,
        Intent::Thanks => pb::GuardIntent::Thanks,
        Intent::OptOut => pb::GuardIntent::OptOut,
        Intent::Other => pb::GuardIntent::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_guard::Guard;
    use bitewing_guard::message::{Inbound, Outbound};
    use bitewing_guard::spelling::Spelling;

    #[test]
    fn spans_are_counted_in_utf16_and_in_bytes() {
        let policy = Policy::base();
        let guard = Guard::new(Spelling::none());
        let text = "🦷 Olá Ana, aqui é a Rita: 4111 1111 1111 1111";
        let judged = guard.check(text, &Outbound::default(), &policy).unwrap();
        let told = verdict(&judged, &policy, Language::Pt);
        let card = told
            .findings
            .iter()
            .find(|found| found.rule == "secret.card")
            .unwrap();
        let place = card.span.as_ref().unwrap();
        assert_eq!(
            &text[place.byte_start as usize..place.byte_end as usize],
            "4111 1111 1111 1111"
        );
        let units: Vec<u16> = text.encode_utf16().collect();
        let shown = String::from_utf16(&units[place.start as usize..place.end as usize]).unwrap();
        assert_eq!(shown, "4111 1111 1111 1111");
        assert_eq!(told.action(), pb::GuardAction::Block);
        assert!(!card.overridable && !card.explanation.is_empty());
    }

    #[test]
    fn a_fever_pages_asks_to_come_in_and_tells_the_dentist() {
        let guard = Guard::new(Spelling::none());
        let text = "I have a fever of 39.5 and my cheek is very swollen since the extraction";
        let told = analysis(
            &guard.analyze(text, &Inbound::default()).unwrap(),
            Language::En,
        );
        assert_eq!(told.urgency(), pb::GuardUrgency::Urgent);
        assert!(told.red_flags().any(|flag| flag == pb::GuardRedFlag::Fever));
        let outcomes: Vec<_> = told.outcomes().collect();
        for wanted in [
            pb::GuardOutcome::PageOnCall,
            pb::GuardOutcome::AskToComeIn,
            pb::GuardOutcome::NotifyDentist,
        ] {
            assert!(
                outcomes.contains(&wanted),
                "{wanted:?} is not among {outcomes:?}"
            );
        }
    }
}
