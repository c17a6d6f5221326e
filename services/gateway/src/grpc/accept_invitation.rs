//! AcceptInvitation.

use super::{Api, convert};
use crate::domain::{User, UserState, password};
use crate::error::Error;
use bitewing_auth::{Actor, ActorKind, Scope};
use bitewing_core::CapabilityToken;
use bitewing_proto::identity as pb;
use bitewing_rpc::Violation;
use bitewing_store::Event;
use bitewing_store::audit::Entry;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    request_id: String,
    request: pb::AcceptInvitationRequest,
) -> Result<pb::AcceptInvitationResponse, Error> {
    let token =
        CapabilityToken::parse(&request.invitation_token).map_err(|_| Error::InvitationInvalid)?;
    let (scope, hash) = (Scope::of_capability(&token), token.hash());
    let now = api.base.clock.now();

    // Asked first: only who holds an invitation makes us hash.
    let mut tx = api.store.begin(&scope).await?;
    let user = tx
        .user_of_invitation(&hash, now)
        .await?
        .ok_or(Error::InvitationInvalid)?;
    tx.commit().await?;
    let chosen = password::choose(&request.password, &user.email)
        .map_err(|error| vec![Violation::new("password", error)])?;
    let password_hash = bitewing_auth::password::hash(chosen).await;

    let mut tx = api.store.begin(&scope).await?;
    if !tx.accept_invitation(&hash, &password_hash).await? {
        return Err(Error::InvitationInvalid);
    }
    tx.emit(Event {
        event_type: "user.activated",
        resource: user.id.to_string(),
        payload: json!({ "clinic_ids": convert::clinics(&user.clinics) }),
    })
    .await?;
    let actor = Actor {
        kind: ActorKind::User,
        id: user.id.to_string(),
    };
    tx.audit(Entry {
        actor: &actor,
        action: "user.activated",
        resource: user.id.to_string(),
        clinic: None,
        details: json!({}),
        request_id,
    })
    .await?;
    tx.commit().await?;
    let user = User {
        state: UserState::Active,
        ..user
    };
    Ok(pb::AcceptInvitationResponse {
        user: Some(user.into()),
    })
}
