//! DisableChannelAccount.

use super::{Api, read};
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DisableChannelAccountRequest,
) -> Result<pb::DisableChannelAccountResponse, Error> {
    let id = read::id(&request.channel_account_id, "channel_account_id")?;
    let mut tx = api.begin(call).await?;
    let mut account = tx.account(id).await?.ok_or(Error::ChannelAccountNotFound)?;
    if tx.disable_account(id).await? {
        tx.audit(audit::entry(
            call,
            "channel_account.disabled",
            id,
            None,
            json!({}),
        ))
        .await?;
    }
    tx.commit().await?;
    account.disabled = true;
    Ok(pb::DisableChannelAccountResponse {
        channel_account: Some(account.into()),
    })
}
