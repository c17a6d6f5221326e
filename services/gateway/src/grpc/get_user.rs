//! GetUser.

use super::Api;
use crate::error::Error;
use bitewing_core::UserId;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetUserRequest,
) -> Result<pb::GetUserResponse, Error> {
    let id: UserId =
        field::id(&request.user_id).map_err(|error| vec![Violation::new("user_id", error)])?;
    let mut tx = api.begin(call).await?;
    let user = tx
        .user(id, &call.caller.clinics)
        .await?
        .ok_or(Error::UserNotFound)?;
    tx.audit(audit::entry(call, "user.read", id, None, json!({})))
        .await?;
    tx.commit().await?;
    Ok(pb::GetUserResponse {
        user: Some(user.into()),
    })
}
