//! ListInstructionVersions.

use super::super::Api;
use crate::error::Error;
use bitewing_core::InstructionId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListInstructionVersionsRequest,
) -> Result<pb::ListInstructionVersionsResponse, Error> {
    let list =
        Filter::of("ListInstructionVersions", call.organization()).with(&request.instruction_id);
    let mut fields = Fields::new();
    let id = field::id::<InstructionId>(&request.instruction_id);
    let id = fields.take("instruction_id", id);
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let before = fields.take("page_token", before);
    let (id, size, before) = all!(fields, id, size, before)?;
    let before = before
        .and_then(|key| key.try_into().ok())
        .map(i32::from_be_bytes);

    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let newest = tx.instruction(id, clinics.as_deref(), false).await?;
    newest.ok_or(Error::InstructionNotFound)?;
    let mut found = tx.instruction_versions(id, before, size).await?;
    tx.commit().await?;
    let more = found.len() > size.rows();
    found.truncate(size.rows());
    let next = found.last().filter(|_| more).map(|last| {
        let key = last.version.to_be_bytes();
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListInstructionVersionsResponse {
        instructions: found.iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
