//! CreateChannelAccount.

use super::{Api, read_account};
use crate::error::Error;
use bitewing_core::ChannelAccountId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::{Once, audit};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateChannelAccountRequest,
) -> Result<pb::CreateChannelAccountResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateChannelAccount", id, &request);
    let sent = request
        .channel_account
        .ok_or_else(|| vec![Violation::new("channel_account", FieldError::Required)])?;
    let id = ChannelAccountId::from_uuid(api.base.ids.next());
    let (account, credential) =
        read_account::account(id, &sent, api.base.profile, api.base.clock.now())?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    tx.insert_account(&account, credential.as_ref()).await?;
    let details = json!({ "provider": account.route.provider().name() });
    tx.audit(audit::entry(
        call,
        "channel_account.created",
        id,
        None,
        details,
    ))
    .await?;
    let answer = pb::CreateChannelAccountResponse {
        channel_account: Some(account.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
