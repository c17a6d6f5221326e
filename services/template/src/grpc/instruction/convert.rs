//! Instructions, from domain to wire.

use crate::domain::instruction::{
    Instruction, InstructionKind, Issue, Receipt, ReceiptKind, ReceiptSource, State,
};
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::to_timestamp;

const fn kind(kind: InstructionKind) -> pb::InstructionKind {
    match kind {
        InstructionKind::Aftercare => pb::InstructionKind::Aftercare,
        InstructionKind::Dosage => pb::InstructionKind::Dosage,
    }
}

const fn state(state: State) -> pb::InstructionState {
    match state {
        State::Draft => pb::InstructionState::Draft,
        State::Approved => pb::InstructionState::Approved,
        State::Rejected => pb::InstructionState::Rejected,
        State::Replaced => pb::InstructionState::Replaced,
        State::Retired => pb::InstructionState::Retired,
    }
}

impl From<&Instruction> for pb::Instruction {
    fn from(one: &Instruction) -> Self {
        let clinic = one.clinic.as_ref().map(ClinicId::to_string);
        let decided = one.decided.as_ref();
        Self {
            instruction_id: one.id.to_string(),
            version: one.version,
            kind: kind(one.kind).into(),
            procedure: one.procedure.to_string(),
            locale: one.locale.to_string(),
            clinic_id: clinic.unwrap_or_default(),
            title: one.title.clone(),
            body: one.body.clone(),
            state: state(one.state).into(),
            written_by: one.written_by.clone(),
            decided_by: decided
                .map(|decided| decided.by.clone())
                .unwrap_or_default(),
            decide_time: decided.map(|decided| to_timestamp(decided.at)),
            reject_reason: decided
                .map(|decided| decided.reason.clone())
                .unwrap_or_default(),
            create_time: Some(to_timestamp(one.created_at)),
            update_time: Some(to_timestamp(one.updated_at)),
            etag: one.etag(),
        }
    }
}

fn receipt(receipt: Receipt) -> pb::InstructionReceipt {
    let kind = match receipt.kind {
        ReceiptKind::Delivered => pb::InstructionReceiptKind::Delivered,
        ReceiptKind::Read => pb::InstructionReceiptKind::Read,
        ReceiptKind::Understood => pb::InstructionReceiptKind::Understood,
    };
    let source = match receipt.source {
        ReceiptSource::Portal => pb::InstructionReceiptSource::Portal,
        ReceiptSource::Message => pb::InstructionReceiptSource::Message,
        ReceiptSource::Document => pb::InstructionReceiptSource::Document,
        ReceiptSource::Staff => pb::InstructionReceiptSource::Staff,
    };
    pb::InstructionReceipt {
        kind: kind.into(),
        source: source.into(),
        occur_time: Some(to_timestamp(receipt.occurred_at)),
        record_time: Some(to_timestamp(receipt.recorded_at)),
        recorded_by: receipt.recorded_by,
    }
}

/// What was given, with the words of the version where it is at hand.
pub(super) fn issue(
    issue: Issue,
    receipts: Vec<Receipt>,
    words: Option<&Instruction>,
) -> pb::InstructionIssue {
    pb::InstructionIssue {
        issue_id: issue.id.to_string(),
        instruction_id: issue.instruction.to_string(),
        version: issue.version,
        patient_id: issue.patient.to_string(),
        clinic_id: issue.clinic.to_string(),
        issued_by: issue.issued_by,
        issue_time: Some(to_timestamp(issue.issued_at)),
        title: words.map(|words| words.title.clone()).unwrap_or_default(),
        body: words.map(|words| words.body.clone()).unwrap_or_default(),
        wording_kind: words
            .map(|words| words.kind.wording())
            .unwrap_or_default()
            .to_owned(),
        receipts: receipts.into_iter().map(receipt).collect(),
    }
}
