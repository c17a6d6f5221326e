//! `/oauth2/introspect` (RFC 7662).

use super::OAuth;
use super::client::{Client, authenticate};
use super::error::OAuthError;
use super::form::Form;
use crate::access_token::Verified;
use crate::error::Error;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bitewing_auth::Scope;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Tells a client about access tokens of its own organization; of any other text it only says that it
/// is not active.
pub(super) async fn run(
    State(oauth): State<OAuth>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = Form::read(&headers, &body)?;
    let token = form.require("token", "a token is needed")?;
    let Client::Api(client) = authenticate(&oauth, &headers, &form).await? else {
        return Err(OAuthError::InvalidClient);
    };
    let known = oauth.tokens.verify(token).ok();
    let known = known.filter(|token| token.caller.organization() == client.id.organization);
    let answer = match active(&oauth, known).await? {
        None => json!({ "active": false }),
        Some(token) => json!({
            "active": true,
            "iss": oauth.tokens.issuer(),
            "aud": oauth.tokens.issuer(),
            "sub": token.caller.actor.id,
            "client_id": token.client_id,
            "scope": token.caller.scopes.join(" "),
            "token_type": "Bearer",
            "jti": token.id,
            "iat": token.issued,
            "exp": token.expires,
        }),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// The token, unless it was revoked: asked of the table itself, which knows more than any memory.
async fn active(
    oauth: &OAuth,
    token: Option<Arc<Verified>>,
) -> Result<Option<Arc<Verified>>, Error> {
    let Some(token) = token else { return Ok(None) };
    let ids: Vec<Uuid> = token.revocable().collect();
    let mut tx = oauth.store.begin(&Scope::of_caller(&token.caller)).await?;
    let revoked = tx.is_revoked(&ids).await?;
    tx.commit().await?;
    Ok((!revoked).then_some(token))
}
