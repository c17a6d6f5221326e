//! IssueInstruction. The patient's identifier is kept and never followed: this service knows no patients.

use super::super::{Api, owner};
use super::{convert, note, read};
use crate::domain::instruction::Issue;
use crate::error::Error;
use bitewing_core::{ClinicId, InstructionId, InstructionIssueId, PatientId};
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::IssueInstructionRequest,
) -> Result<pb::IssueInstructionResponse, Error> {
    let mut fields = Fields::new();
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let id = field::id::<InstructionId>(&request.instruction_id);
    let id = fields.take("instruction_id", id);
    let patient = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let clinic = fields.take("clinic_id", field::id::<ClinicId>(&request.clinic_id));
    let (request_id, id, patient, clinic) = all!(fields, request_id, id, patient, clinic)?;
    owner::check(call, Some(clinic), "clinic_id")?;
    let once = Once::new(call, "IssueInstruction", request_id, &request);

    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    // The lock keeps the version from being retired between here and the end.
    let newest = tx.instruction(id, clinics.as_deref(), true).await?;
    let newest = newest.ok_or(Error::InstructionNotFound)?;
    if newest.clinic.is_some_and(|own| own != clinic) {
        return Err(Error::InstructionNotFound);
    }
    let approved = tx.approved_instruction(id).await?;
    let approved = approved.ok_or(Error::InstructionNotApproved)?;
    let issue = Issue {
        id: InstructionIssueId::from_uuid(api.base.ids.next()),
        instruction: id,
        version: approved.version,
        patient,
        clinic,
        issued_by: read::actor(call),
        issued_at: api.base.clock.now(),
    };
    tx.insert_issue(&issue).await?;
    note::issue(&mut tx, call, "instruction.issued", &issue, ("", "")).await?;
    let answer = pb::IssueInstructionResponse {
        issue: Some(convert::issue(issue, Vec::new(), Some(&approved))),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
