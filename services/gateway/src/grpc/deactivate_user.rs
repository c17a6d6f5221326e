//! DeactivateUser.

use super::{Api, convert};
use crate::domain::{User, UserState, user};
use crate::error::Error;
use bitewing_core::UserId;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeactivateUserRequest,
) -> Result<pb::DeactivateUserResponse, Error> {
    let id: UserId =
        field::id(&request.user_id).map_err(|error| vec![Violation::new("user_id", error)])?;
    let now = api.base.clock.now();
    let mut tx = api.begin(call).await?;
    let found = tx
        .user(id, &call.caller.clinics)
        .await?
        .ok_or(Error::UserNotFound)?;
    let below = found
        .roles
        .iter()
        .all(|role| user::may_give(&call.caller, *role));
    if !below || !user::within(&call.caller, &found.clinics) {
        return Err(Error::BeyondCaller);
    }
    if found.state == UserState::Deactivated {
        return Ok(answer(found));
    }
    if found.is_owner() && found.state == UserState::Active && !tx.another_owner(id).await? {
        return Err(Error::LastOwner);
    }
    tx.deactivate_user(id).await?;
    tx.end_sessions(id, now).await?;
    tx.revoke(id.uuid(), now).await?;
    tx.emit(Event {
        event_type: "user.deactivated",
        resource: id.to_string(),
        payload: json!({ "clinic_ids": convert::clinics(&found.clinics) }),
    })
    .await?;
    tx.audit(audit::entry(call, "user.deactivated", id, None, json!({})))
        .await?;
    tx.commit().await?;
    api.denied.hasten().await;
    Ok(answer(User {
        state: UserState::Deactivated,
        ..found
    }))
}

fn answer(user: User) -> pb::DeactivateUserResponse {
    pb::DeactivateUserResponse {
        user: Some(user.into()),
    }
}
