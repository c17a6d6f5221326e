//! GetChannelAccount.

use super::{Api, read};
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetChannelAccountRequest,
) -> Result<pb::GetChannelAccountResponse, Error> {
    let id = read::id(&request.channel_account_id, "channel_account_id")?;
    let mut tx = api.begin(call).await?;
    let account = tx.account(id).await?.ok_or(Error::ChannelAccountNotFound)?;
    tx.commit().await?;
    Ok(pb::GetChannelAccountResponse {
        channel_account: Some(account.into()),
    })
}
