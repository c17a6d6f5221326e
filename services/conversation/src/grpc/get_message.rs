//! GetMessage, and GetDispatch for services: the same look at the same row.

use super::{Api, read};
use crate::domain::Message;
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetMessageRequest,
) -> Result<pb::GetMessageResponse, Error> {
    let message = look(api, call, &request.message_id).await?;
    Ok(pb::GetMessageResponse {
        message: Some(message.into()),
    })
}

pub(super) async fn dispatch(
    api: &Api,
    call: &Call,
    request: pb::GetDispatchRequest,
) -> Result<pb::GetDispatchResponse, Error> {
    let message = look(api, call, &request.message_id).await?;
    Ok(pb::GetDispatchResponse {
        message: Some(message.into()),
    })
}

async fn look(api: &Api, call: &Call, id: &str) -> Result<Message, Error> {
    let id = read::id(id, "message_id")?;
    let mut tx = api.begin(call).await?;
    let visible = call.caller.clinics.filter();
    let message = tx
        .message(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::MessageNotFound)?;
    tx.audit(audit::entry(
        call,
        "message.read",
        id,
        Some(message.clinic),
        json!({}),
    ))
    .await?;
    tx.commit().await?;
    Ok(message)
}
