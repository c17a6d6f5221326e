//! TestChannelAccount.

use super::{Api, read};
use crate::domain::{Contract, Reason, Route};
use crate::error::Error;
use bitewing_core::MessageId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::TestChannelAccountRequest,
) -> Result<pb::TestChannelAccountResponse, Error> {
    let id = read::id(&request.channel_account_id, "channel_account_id")?;
    let mut tx = api.begin(call).await?;
    let found = tx.keyed_account(id).await?;
    let (account, credential) = found.ok_or(Error::ChannelAccountNotFound)?;
    if let Route::Http { contract, .. } = &account.route
        && *contract != Contract::Queryable
    {
        return Err(Error::ChannelAccountNotTestable);
    }
    tx.commit().await?;

    let provider = api
        .providers
        .of((Some(id), &account.sender), &account.route, credential);
    let nothing = MessageId::from_uuid(api.base.ids.next());
    let fault = provider.check(nothing).await.err();

    let reason = fault
        .as_ref()
        .map_or("", |fault| Reason::name(fault.reason));
    let mut tx = api.begin(call).await?;
    let details = json!({ "reason": reason });
    let line = audit::entry(call, "channel_account.tested", id, None, details);
    tx.audit(line).await?;
    tx.commit().await?;
    Ok(pb::TestChannelAccountResponse {
        usable: fault.is_none(),
        reason: reason.to_owned(),
        provider_code: fault.map(|fault| fault.code).unwrap_or_default(),
    })
}
