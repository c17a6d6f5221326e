//! ListWordingKinds.

use super::super::Api;
use crate::domain::phrasebook::{Occasion, kinds};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: &pb::ListWordingKindsRequest,
) -> Result<pb::ListWordingKindsResponse, Error> {
    let list = Filter::of("ListWordingKinds", call.organization());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let token = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", token);
    let (size, after) = all!(fields, size, after)?;

    let mut tx = api.begin(call).await?;
    let own = tx.own_kinds().await?;
    tx.commit().await?;
    // Both are few: the page is cut here.
    let mut kinds: Vec<&Occasion> = kinds().collect();
    kinds.extend(own.iter().map(|kind| &**kind));
    kinds.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let after = after.unwrap_or_default();
    let mut kinds = kinds
        .into_iter()
        .filter(|kind| kind.name.as_bytes() > after.as_slice())
        .peekable();
    let page: Vec<_> = kinds.by_ref().take(size.rows()).collect();
    let next = page.last().filter(|_| kinds.peek().is_some());
    let next = next.map(|kind| {
        let key = kind.name.as_bytes();
        api.base.page_tokens.write_bytes(key, &list)
    });
    Ok(pb::ListWordingKindsResponse {
        kinds: page.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
