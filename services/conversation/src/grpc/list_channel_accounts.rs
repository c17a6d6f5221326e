//! ListChannelAccounts.

use super::Api;
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListChannelAccountsRequest,
) -> Result<pb::ListChannelAccountsResponse, Error> {
    let list = Filter::of("ListChannelAccounts", call.organization());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let (size, before) = all!(fields, size, before)?;

    let mut tx = api.begin(call).await?;
    let mut accounts = tx.accounts(before, size).await?;
    tx.commit().await?;
    let more = accounts.len() > size.rows();
    accounts.truncate(size.rows());
    let next = accounts.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.uuid(), &list));
    Ok(pb::ListChannelAccountsResponse {
        channel_accounts: accounts.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
