//! Scenarios, from domain to wire.

use crate::domain::phrasebook::Register;
use crate::domain::scenario::{Owned, Scenario, Step, StepKind, Suggested};
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

const fn register(register: Register) -> pb::WordingRegister {
    match register {
        Register::Formal => pb::WordingRegister::Formal,
        Register::Informal => pb::WordingRegister::Informal,
    }
}

fn step(step: &Step) -> pb::PlaybookStep {
    use pb::PlaybookStepKind as Told;
    let kind = match step.kind {
        StepKind::Acknowledge => Told::Acknowledge,
        StepKind::AskCause => Told::AskCause,
        StepKind::RecordCause => Told::RecordCause,
        StepKind::NameOwner => Told::NameOwner,
        StepKind::CloseLoop => Told::CloseLoop,
        StepKind::ComeIn => Told::ComeIn,
        StepKind::TellDentist => Told::TellDentist,
        StepKind::PageOnCall => Told::PageOnCall,
        StepKind::Call => Told::Call,
        StepKind::QuoteRange => Told::QuoteRange,
        StepKind::OfferSlot => Told::OfferSlot,
        StepKind::Other => Told::Other,
    };
    pb::PlaybookStep {
        kind: kind.into(),
        text: step.text.clone(),
    }
}

impl From<&Scenario> for pb::Scenario {
    fn from(scenario: &Scenario) -> Self {
        let content = &scenario.content;
        let owned = scenario.owned.as_ref();
        let clinic = owned.and_then(|owned| owned.clinic.as_ref().map(ClinicId::to_string));
        let answers = content.answers.iter().map(|answer| pb::ScenarioAnswer {
            register: register(answer.register).into(),
            body: answer.body.clone(),
        });
        Self {
            scenario_id: owned.map(|owned| owned.id.to_string()).unwrap_or_default(),
            intent: scenario.spot.intent.to_string(),
            service: scenario.spot.service_text().to_owned(),
            locale: scenario.spot.locale.to_string(),
            clinic_id: clinic.unwrap_or_default(),
            title: content.title.clone(),
            examples: content.examples.clone(),
            answers: answers.collect(),
            steps: content.steps.iter().map(step).collect(),
            built_in: owned.is_none(),
            version: owned.map_or(0, |owned| owned.version),
            update_time: owned.map(|owned| to_timestamp(owned.updated_at)),
            etag: owned.map(Owned::etag).unwrap_or_default(),
        }
    }
}

impl From<Suggested> for pb::SuggestedAnswer {
    fn from(answer: Suggested) -> Self {
        Self {
            body: answer.body,
            text: answer.text,
            missing: answer.missing.into_iter().map(str::to_owned).collect(),
            sent_before: answer.sent_before,
        }
    }
}
