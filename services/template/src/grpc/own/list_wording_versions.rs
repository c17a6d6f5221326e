//! ListWordingVersions.

use super::super::Api;
use super::seen;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListWordingVersionsRequest,
) -> Result<pb::ListWordingVersionsResponse, Error> {
    let list = Filter::of("ListWordingVersions", call.organization()).with(&request.wording_id);
    let mut fields = Fields::new();
    let id = fields.take("wording_id", field::id(&request.wording_id));
    let size = fields.take("page_size", field::page_size(request.page_size));
    let token = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let before = fields.take("page_token", token);
    let (id, size, before) = all!(fields, id, size, before)?;
    let before = before.and_then(|key| key.as_slice().try_into().ok());
    let before = before.map_or(i32::MAX, i32::from_be_bytes);

    let mut tx = api.begin(call).await?;
    seen(call, tx.wording_version(id, 0).await?)?;
    let mut page = tx.wording_versions(id, before, size.probe()).await?;
    tx.commit().await?;
    let more = page.len() > size.rows();
    page.truncate(size.rows());
    let next = page.last().filter(|_| more);
    let next = next.map(|version| {
        let key = version.version.to_be_bytes();
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListWordingVersionsResponse {
        wordings: page.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
