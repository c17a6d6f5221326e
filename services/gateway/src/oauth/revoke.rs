//! `/oauth2/revoke` (RFC 7009).

use super::client::{Client, authenticate};
use super::error::OAuthError;
use super::form::Form;
use super::{OAuth, request_id};
use crate::access_token::Verified;
use crate::error::Error;
use axum::extract::State;
use bitewing_auth::{Actor, ActorKind, Scope};
use bitewing_core::CapabilityToken;
use bitewing_store::audit::Entry;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::json;

/// A refresh token is revoked by who holds it, with its session; an access token by the client it was
/// made for. Every other text is as good as revoked (RFC 7009 2.2).
pub(super) async fn run(
    State(oauth): State<OAuth>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, OAuthError> {
    let form = Form::read(&headers, &body)?;
    let token = form.require("token", "a token is needed")?;
    let request_id = request_id(&headers);
    if CapabilityToken::parse(token).is_ok() {
        oauth.sessions.sign_out(token, request_id).await?;
        return Ok(StatusCode::OK);
    }
    let client = authenticate(&oauth, &headers, &form).await?;
    let Ok(verified) = oauth.tokens.verify(token) else {
        return Ok(StatusCode::OK);
    };
    let own = match client {
        Client::Api(client) => client.id.to_string(),
        Client::Operator => super::client::OPERATOR.to_owned(),
    };
    if verified.client_id == own {
        revoke(&oauth, &verified, request_id).await?;
    }
    Ok(StatusCode::OK)
}

async fn revoke(oauth: &OAuth, token: &Verified, request_id: String) -> Result<(), Error> {
    let mut tx = oauth.store.begin(&Scope::of_caller(&token.caller)).await?;
    tx.revoke(token.id, oauth.base.clock.now()).await?;
    let actor: &Actor = &token.caller.actor;
    if actor.kind != ActorKind::Operator {
        tx.audit(Entry {
            actor,
            action: "token.revoked",
            resource: actor.id.clone(),
            clinic: None,
            details: json!({}),
            request_id,
        })
        .await?;
    }
    tx.commit().await?;
    oauth.denied.hasten().await;
    Ok(())
}
