//! Scenarios, from wire to domain.

use crate::domain::Key;
use crate::domain::phrasebook::{Locale, Register};
use crate::domain::scenario::{Answer, Content, ContentFlaw, Spot, Step, StepKind};
use crate::error::Error;
use bitewing_core::ScenarioId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};

pub(super) fn id(text: &str, path: &str) -> Result<ScenarioId, Vec<Violation>> {
    field::id(text).map_err(|error| vec![Violation::new(path, error)])
}

/// Reads locale, intent and service of `scenario`.
pub(super) fn spot(fields: &mut Fields, sent: &pb::Scenario) -> Option<Spot> {
    let locale = fields.take("scenario.locale", Locale::parse(&sent.locale));
    let intent = fields.take("scenario.intent", Key::parse(&sent.intent));
    let service = fields.take("scenario.service", Key::optional(&sent.service));
    Some(Spot {
        locale: locale?,
        intent: intent?,
        service: service?,
    })
}

pub(super) fn register(value: i32) -> Result<Register, FieldError> {
    Ok(match field::optional_one_of(value)? {
        Some(pb::WordingRegister::Informal) => Register::Informal,
        Some(pb::WordingRegister::Formal | pb::WordingRegister::Unspecified) | None => {
            Register::Formal
        }
    })
}

const fn kind(kind: pb::PlaybookStepKind) -> Option<StepKind> {
    use pb::PlaybookStepKind as Sent;
    Some(match kind {
        Sent::Acknowledge => StepKind::Acknowledge,
        Sent::AskCause => StepKind::AskCause,
        Sent::RecordCause => StepKind::RecordCause,
        Sent::NameOwner => StepKind::NameOwner,
        Sent::CloseLoop => StepKind::CloseLoop,
        Sent::ComeIn => StepKind::ComeIn,
        Sent::TellDentist => StepKind::TellDentist,
        Sent::PageOnCall => StepKind::PageOnCall,
        Sent::Call => StepKind::Call,
        Sent::QuoteRange => StepKind::QuoteRange,
        Sent::OfferSlot => StepKind::OfferSlot,
        Sent::Other => StepKind::Other,
        Sent::Unspecified => return None,
    })
}

/// Reads title, examples, answers and steps of `scenario`. Lists far longer than allowed are not read at all.
pub(super) fn content(sent: pb::Scenario) -> Result<Content, Error> {
    const MOST: usize = 100;
    let mut fields = Fields::new();
    let lengths = [
        ("scenario.examples", sent.examples.len()),
        ("scenario.answers", sent.answers.len()),
        ("scenario.steps", sent.steps.len()),
    ];
    for (path, length) in lengths {
        if length > MOST {
            fields.note(path, "has too many entries");
        }
    }
    fields.check()?;
    let mut fields = Fields::new();
    let mut answers = Vec::new();
    for (index, answer) in sent.answers.into_iter().enumerate() {
        let path = format!("scenario.answers[{index}].register");
        let required = field::one_of::<pb::WordingRegister>(answer.register);
        if fields.take(path, required).is_some() {
            answers.push(Answer {
                register: register(answer.register).unwrap_or(Register::Formal),
                body: answer.body,
            });
        }
    }
    let mut steps = Vec::new();
    for (index, step) in sent.steps.into_iter().enumerate() {
        let path = format!("scenario.steps[{index}].kind");
        let read = field::one_of(step.kind).and_then(|sent| kind(sent).ok_or(FieldError::Required));
        if let Some(kind) = fields.take(path, read) {
            let text = step.text;
            steps.push(Step { kind, text });
        }
    }
    fields.check()?;
    Content::parse(Content {
        title: sent.title,
        examples: sent.examples,
        answers,
        steps,
    })
    .map_err(refusal)
}

/// A flaw of words makes the refusal one of words, as it is for wordings.
fn refusal(flaws: Vec<(String, ContentFlaw)>) -> Error {
    let of_words = |(_, flaw): &(String, ContentFlaw)| matches!(flaw, ContentFlaw::Words(_));
    let words = flaws.iter().any(of_words);
    let violation = |(path, flaw): (String, ContentFlaw)| {
        let path = format!("scenario.{path}");
        match flaw {
            ContentFlaw::Field(error) => Violation::new(path, error),
            ContentFlaw::Words(flaw) => Violation::new(path, flaw),
            ContentFlaw::Twice => Violation::new(path, "must differ from the answers before"),
        }
    };
    let violations = flaws.into_iter().map(violation).collect();
    if words {
        Error::WordingInvalid(violations)
    } else {
        Error::Invalid(violations)
    }
}
