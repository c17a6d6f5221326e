//! What dentists say of the guard's verdicts, and the labelled messages that come of it.

use bitewing_core::{ClinicId, GuardFeedbackId};
use bitewing_guard::corpus::{Sentiment, Urgency};
use bitewing_guard::message::{Outbound, Role};
use bitewing_guard::verdict::Analysis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// How long what was written is kept for training: as long as a chain may take to gather enough of it.
pub(crate) const KEPT: Duration = Duration::days(730);

/// What can be said of a message, as the corpus names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Rude,
    Flirting,
    ClinicalAdvice,
    OffTopic,
    Urgent,
    Angry,
    Harassment,
    OptOut,
}

impl Label {
    /// The corpus's word for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rude => "rude",
            Self::Flirting => "flirting",
            Self::ClinicalAdvice => "clinical_advice",
            Self::OffTopic => "off_topic",
            Self::Urgent => "urgent",
            Self::Angry => "angry",
            Self::Harassment => "harassment",
            Self::OptOut => "opt_out",
        }
    }

    /// Whether it is said of messages to patients.
    pub(crate) const fn is_outbound(self) -> bool {
        matches!(
            self,
            Self::Rude | Self::Flirting | Self::ClinicalAdvice | Self::OffTopic
        )
    }
}

/// What a dentist says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The label does not apply.
    Fine,
    /// The label applies and was not found.
    Missed,
}

impl Judgement {
    /// The stable name, in audit trails and events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fine => "FINE",
            Self::Missed => "MISSED",
        }
    }
}

/// What was said of one verdict, without the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Feedback {
    pub(crate) id: GuardFeedbackId,
    pub(crate) clinic: ClinicId,
    pub(crate) label: Label,
    pub(crate) judgement: Judgement,
    pub(crate) language: String,
    pub(crate) author: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

/// The message, as it rests, sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Judged {
    text: String,
    /// Of messages to patients, as the corpus has it.
    context: Option<Value>,
    /// What a careful reader says of it, as the corpus has it.
    expect: Value,
}

impl Judged {
    /// A message to a patient: only the one label was judged.
    pub(crate) fn outbound(
        text: String,
        context: &Outbound,
        role: Role,
        (label, judgement): (Label, Judgement),
    ) -> Self {
        let labels: Vec<&str> = match judgement {
            Judgement::Fine => Vec::new(),
            Judgement::Missed => vec![label.name()],
        };
        Self {
            text,
            context: Some(json!({
                "first_message": context.first_message,
                "patient_first_name": context.patient_first_name,
                "patient_last_name": context.patient_last_name,
                "operator_name": context.operator_name,
                "operator_role": role,
                "clinic": context.clinic,
            })),
            expect: json!({ "labels": labels, "misspelled": [] }),
        }
    }

    /// A message from a patient: what nobody judged is as the guard had it.
    pub(crate) fn inbound(
        text: String,
        guess: &Analysis,
        (label, judgement): (Label, Judgement),
    ) -> Self {
        let missed = judgement == Judgement::Missed;
        let applies = |which: Label, guessed: bool| {
            if label == which { missed } else { guessed }
        };
        let urgency = match (label, missed) {
            (Label::Urgent, true) => Urgency::Urgent,
            (Label::Urgent, false) => Urgency::None,
            _ => guess.urgency,
        };
        let sentiment = match (label, missed) {
            (Label::Angry, true) => Sentiment::Angry,
            (Label::Angry, false) if guess.sentiment == Sentiment::Angry => Sentiment::Negative,
            _ => guess.sentiment,
        };
        let intent = guess.intents.first().map(|(intent, _)| *intent);
        Self {
            text,
            context: None,
            expect: json!({
                "lang": guess.language.language.tag(),
                "sentiment": sentiment,
                "urgency": urgency,
                "red_flags": guess.red_flags,
                "intent": intent.unwrap_or(bitewing_guard::corpus::Intent::Other),
                "harassment": applies(Label::Harassment, guess.harassment),
                "opt_out": applies(Label::OptOut, guess.opt_out),
            }),
        }
    }

    /// One line of a file of labelled messages; `scored` says which label somebody judged. Messages of one clinic are
    /// one author's: splits keep them together.
    pub(crate) fn line(self, feedback: &Feedback) -> String {
        let direction = if feedback.label.is_outbound() {
            "out"
        } else {
            "in"
        };
        let mut line = json!({
            "id": feedback.id.to_string(),
            "author": feedback.clinic.to_string(),
            "lang": feedback.language,
            "direction": direction,
            "text": self.text,
        });
        if let Some(context) = self.context {
            line["context"] = context;
        }
        line["expect"] = self.expect;
        line["scored"] = json!([feedback.label.name()]);
        line.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_guard::Guard;
    use bitewing_guard::corpus::{Expectation, Message};
    use bitewing_guard::message::Inbound;
    use bitewing_guard::spelling::Spelling;
    use time::macros::datetime;
    use uuid::Uuid;

    fn feedback(label: Label, judgement: Judgement) -> Feedback {
        let now = datetime!(2026-11-23 09:00 UTC);
        Feedback {
            id: GuardFeedbackId::from_uuid(Uuid::from_u128(7)),
            clinic: ClinicId::from_uuid(Uuid::from_u128(8)),
            label,
            judgement,
            language: "en".to_owned(),
            author: "usr_1".to_owned(),
            created_at: now,
            expires_at: now + KEPT,
        }
    }

    fn read(line: &str) -> Message {
        assert!(!line.contains('\n'));
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_line_of_a_message_to_a_patient_is_read_by_the_corpus() {
        for (judgement, labels) in [(Judgement::Fine, 0), (Judgement::Missed, 1)] {
            let context = Outbound {
                operator_name: "Rita".to_owned(),
                ..Outbound::default()
            };
            let said = (Label::Rude, judgement);
            let text = "Well,\nthat is \"your\" problem".to_owned();
            let judged = Judged::outbound(text.clone(), &context, Role::Reception, said);
            let message = read(&judged.line(&feedback(Label::Rude, judgement)));
            assert_eq!(message.text, text);
            assert_eq!(message.context.unwrap().operator_role, "reception");
            let Expectation::Out(expect) = message.expect else {
                panic!("the other way")
            };
            assert_eq!(expect.labels.len(), labels);
            assert!(message.scored.unwrap().contains("rude"));
        }
    }

    #[test]
    fn a_line_of_a_message_from_a_patient_says_what_the_dentist_said() {
        let guard = Guard::new(Spelling::none());
        let text = "I have a fever of 39.5 and my cheek is very swollen".to_owned();
        let guess = guard.analyze(&text, &Inbound::default()).unwrap();
        for label in [
            Label::Urgent,
            Label::Angry,
            Label::Harassment,
            Label::OptOut,
        ] {
            for judgement in [Judgement::Fine, Judgement::Missed] {
                let judged = Judged::inbound(text.clone(), &guess, (label, judgement));
                let message = read(&judged.line(&feedback(label, judgement)));
                let Expectation::In(expect) = message.expect else {
                    panic!("the other way")
                };
                let applies = match label {
                    Label::Urgent => expect.urgency == Urgency::Urgent,
                    Label::Angry => expect.sentiment == Sentiment::Angry,
                    Label::Harassment => expect.harassment,
                    _ => expect.opt_out,
                };
                assert_eq!(applies, judgement == Judgement::Missed, "{label:?}");
                assert_eq!(
                    message.scored.unwrap().into_iter().next().unwrap(),
                    label.name()
                );
            }
        }
    }
}
