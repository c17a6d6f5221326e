//! What every change of an instruction leaves behind: an event and a line of audit.

use crate::domain::instruction::{Instruction, Issue};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::{Value, json};

pub(super) async fn version(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    one: &Instruction,
) -> Result<(), Error> {
    let details = json!({
        "procedure": one.procedure.as_str(),
        "locale": one.locale.tag(),
        "clinic_id": one.clinic.as_ref().map(ClinicId::to_string),
        "version": one.version,
    });
    tell(tx, call, what, (one.id.to_string(), one.clinic), details).await
}

/// What happened to something that was given: the patient is an identifier, and nothing is said of the words.
pub(super) async fn issue(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    issue: &Issue,
    more: (&str, &str),
) -> Result<(), Error> {
    let mut details = json!({
        "instruction_id": issue.instruction.to_string(),
        "version": issue.version,
        "patient_id": issue.patient.to_string(),
        "clinic_id": issue.clinic.to_string(),
    });
    if !more.0.is_empty() {
        details[more.0] = Value::from(more.1);
    }
    let resource = (issue.id.to_string(), Some(issue.clinic));
    tell(tx, call, what, resource, details).await
}

async fn tell(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    (resource, clinic): (String, Option<ClinicId>),
    details: Value,
) -> Result<(), Error> {
    tx.emit(Event {
        event_type: what,
        resource: resource.clone(),
        payload: details.clone(),
    })
    .await?;
    tx.audit(audit::entry(call, what, resource, clinic, details))
        .await?;
    Ok(())
}
