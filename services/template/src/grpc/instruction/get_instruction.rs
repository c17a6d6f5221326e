//! GetInstruction.

use super::super::Api;
use super::read;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetInstructionRequest,
) -> Result<pb::GetInstructionResponse, Error> {
    let id = read::id(&request.instruction_id)?;
    if request.version < 0 {
        return Err(vec![Violation::new("version", "must not be negative")].into());
    }
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let newest = tx.instruction(id, clinics.as_deref(), false).await?;
    let mut found = newest.ok_or(Error::InstructionNotFound)?;
    if request.version != 0 && request.version != found.version {
        let older = tx.instruction_version(id, request.version).await?;
        found = older.ok_or(Error::InstructionNotFound)?;
    }
    tx.commit().await?;
    Ok(pb::GetInstructionResponse {
        instruction: Some((&found).into()),
    })
}
