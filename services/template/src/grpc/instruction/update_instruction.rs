//! UpdateInstruction.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::instruction::body;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateInstructionRequest,
) -> Result<pb::UpdateInstructionResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("instruction_id", field::id(&request.instruction_id));
    let title = field::optional_text(&request.title, read::MAX_TITLE);
    let title = fields.take("title", title);
    let body = (!request.body.is_empty())
        .then(|| body(&request.body))
        .transpose();
    let body = fields.take("body", body);
    let (id, title, body) = all!(fields, id, title, body)?;

    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let newest = tx.instruction(id, clinics.as_deref(), true).await?;
    let newest = newest.ok_or(Error::InstructionNotFound)?;
    owner::check(call, newest.clinic, "instruction_id")?;
    if !newest.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    let title = title.unwrap_or_else(|| newest.title.clone());
    let body = body.unwrap_or_else(|| newest.body.clone());
    if (&title, &body) == (&newest.title, &newest.body) {
        return Ok(pb::UpdateInstructionResponse {
            instruction: Some((&newest).into()),
        });
    }
    let draft = newest.rewrite(title, body, &read::actor(call), api.base.clock.now());
    if draft.version == newest.version {
        tx.update_instruction(&draft).await?;
    } else {
        tx.insert_instruction(&draft).await?;
    }
    note::version(&mut tx, call, "instruction.updated", &draft).await?;
    tx.commit().await?;
    Ok(pb::UpdateInstructionResponse {
        instruction: Some((&draft).into()),
    })
}
