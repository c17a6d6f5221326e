//! Instructions, from wire to domain.

use crate::domain::instruction::{InstructionKind, ReceiptKind, ReceiptSource};
use bitewing_auth::ActorKind;
use bitewing_core::InstructionId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Violation};

/// Characters of a title, and of a dentist's name.
pub(super) const MAX_TITLE: usize = 120;

pub(super) fn id(text: &str) -> Result<InstructionId, Vec<Violation>> {
    field::id(text).map_err(|error| vec![Violation::new("instruction_id", error)])
}

pub(super) fn kind(value: i32) -> Result<InstructionKind, FieldError> {
    match field::one_of(value)? {
        pb::InstructionKind::Aftercare => Ok(InstructionKind::Aftercare),
        pb::InstructionKind::Dosage => Ok(InstructionKind::Dosage),
        pb::InstructionKind::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn receipt_kind(value: i32) -> Result<ReceiptKind, FieldError> {
    match field::one_of(value)? {
        pb::InstructionReceiptKind::Delivered => Ok(ReceiptKind::Delivered),
        pb::InstructionReceiptKind::Read => Ok(ReceiptKind::Read),
        pb::InstructionReceiptKind::Understood => Ok(ReceiptKind::Understood),
        pb::InstructionReceiptKind::Unspecified => Err(FieldError::Required),
    }
}

pub(super) fn receipt_source(value: i32) -> Result<ReceiptSource, FieldError> {
    match field::one_of(value)? {
        pb::InstructionReceiptSource::Portal => Ok(ReceiptSource::Portal),
        pb::InstructionReceiptSource::Message => Ok(ReceiptSource::Message),
        pb::InstructionReceiptSource::Document => Ok(ReceiptSource::Document),
        pb::InstructionReceiptSource::Staff => Ok(ReceiptSource::Staff),
        pb::InstructionReceiptSource::Unspecified => Err(FieldError::Required),
    }
}

/// Who calls, as records name them.
pub(super) fn actor(call: &Call) -> String {
    let actor = &call.caller.actor;
    format!("{}/{}", actor.kind.as_str(), actor.id)
}

/// The dentist who decides: a user is one by role and signs for themselves; a program names one.
pub(super) fn signer(call: &Call, signed_by: &str) -> Result<String, Vec<Violation>> {
    let wrong = |error: &dyn std::fmt::Display| vec![Violation::new("signed_by", error)];
    let name = field::optional_text(signed_by, MAX_TITLE).map_err(|error| wrong(&error))?;
    let program = call.caller.actor.kind == ActorKind::ApiClient;
    match name {
        Some(name) if program => Ok(format!("{}: {name}", actor(call))),
        Some(_) => Err(wrong(&"must be empty: users sign for themselves")),
        None if program => Err(wrong(&"is required: the dentist who signs")),
        None => Ok(actor(call)),
    }
}
