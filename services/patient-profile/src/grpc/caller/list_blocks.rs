//! ListBlocks.

use super::super::Api;
use super::convert;
use crate::error::Error;
use bitewing_core::{BlockId, ClinicId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListBlocksRequest,
) -> Result<pb::ListBlocksResponse, Error> {
    let list = Filter::of("ListBlocks", call.organization()).with(&request.clinic_id);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let (size, before, clinic) = all!(fields, size, before, clinic)?;

    let mut tx = api.begin(call).await?;
    let clinics = call.caller.clinics.filter();
    let now = api.base.clock.now();
    let mut blocks = tx
        .blocks(clinics.as_deref(), clinic, now, before, size)
        .await?;
    let more = blocks.len() > size.rows();
    blocks.truncate(size.rows());
    let details = json!({ "rows": blocks.len() });
    let organization = call.organization();
    tx.audit(audit::entry(
        call,
        "caller.blocks_listed",
        organization,
        clinic,
        details,
    ))
    .await?;
    tx.commit().await?;
    let next = blocks.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(BlockId::uuid(last.id), &list));
    let blocks = blocks
        .into_iter()
        .map(|block| convert::block(&api.base.keyring, organization, block));
    Ok(pb::ListBlocksResponse {
        blocks: blocks.collect::<Result<_, _>>()?,
        next_page_token: next.unwrap_or_default(),
    })
}
