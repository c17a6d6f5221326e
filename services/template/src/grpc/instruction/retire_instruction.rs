//! RetireInstruction.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::instruction::{Step, WrongState};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RetireInstructionRequest,
) -> Result<pb::RetireInstructionResponse, Error> {
    let id = read::id(&request.instruction_id)?;
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let newest = tx.instruction(id, clinics.as_deref(), true).await?;
    let newest = newest.ok_or(Error::InstructionNotFound)?;
    owner::check(call, newest.clinic, "instruction_id")?;
    let approved = tx.approved_instruction(id).await?;
    let mut approved = approved.ok_or(Error::InstructionNotApproved)?;
    if !approved.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    approved
        .step(Step::Retire, api.base.clock.now())
        .map_err(|WrongState| Error::InstructionNotApproved)?;
    tx.update_instruction(&approved).await?;
    note::version(&mut tx, call, "instruction.retired", &approved).await?;
    tx.commit().await?;
    Ok(pb::RetireInstructionResponse {
        instruction: Some((&approved).into()),
    })
}
