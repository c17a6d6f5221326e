//! `/oauth2/token` (RFC 6749 4.4 and 6).

use super::client::{Client, OPERATOR, authenticate};
use super::error::OAuthError;
use super::form::Form;
use super::{OAuth, request_id};
use crate::access_token::LIFE;
use crate::domain::{ApiClient, RESERVED};
use crate::error::Error;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Scope};
use bitewing_store::audit::Entry;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, PRAGMA};
use serde_json::{Value, json};

pub(super) async fn run(
    State(oauth): State<OAuth>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = Form::read(&headers, &body)?;
    let answer = match form.require("grant_type", "a grant type is needed")? {
        "client_credentials" => client_credentials(&oauth, &headers, &form).await?,
        "refresh_token" => refresh_token(&oauth, &headers, &form).await?,
        _ => return Err(OAuthError::UnsupportedGrantType),
    };
    // RFC 6749 5.1.
    let headers = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
    Ok((headers, Json(answer)).into_response())
}

async fn client_credentials(
    oauth: &OAuth,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Value, OAuthError> {
    let caller = match authenticate(oauth, headers, form).await? {
        Client::Operator => operator(form)?,
        Client::Api(client) => {
            let caller = caller(&client, form)?;
            let mut tx = oauth.store.begin(&Scope::of_caller(&caller)).await?;
            tx.audit(Entry {
                actor: &caller.actor,
                action: "token.issued",
                resource: caller.actor.id.clone(),
                clinic: None,
                details: json!({ "scopes": caller.scopes }),
                request_id: request_id(headers),
            })
            .await
            .map_err(Error::from)?;
            tx.commit().await?;
            caller
        }
    };
    Ok(json!({
        "access_token": oauth.tokens.issue(&caller, None),
        "token_type": "Bearer",
        "expires_in": LIFE,
        "scope": caller.scopes.join(" "),
    }))
}

/// Who may do nothing but what the contracts let the operator do.
fn operator(form: &Form) -> Result<Caller, OAuthError> {
    if form.get("scope").is_some() {
        return Err(OAuthError::InvalidScope);
    }
    let actor = Actor {
        kind: ActorKind::Operator,
        id: OPERATOR.to_owned(),
    };
    Ok(Caller::verified(
        RESERVED,
        actor,
        Clinics::All,
        Vec::new(),
        Vec::new(),
    ))
}

/// The client with the scopes it asks for, or with all it has.
fn caller(client: &ApiClient, form: &Form) -> Result<Caller, OAuthError> {
    let mut scopes = client.scopes.clone();
    if let Some(wanted) = form.get("scope") {
        let wanted: Vec<_> = wanted
            .split(' ')
            .filter(|scope| !scope.is_empty())
            .collect();
        if wanted
            .iter()
            .any(|wanted| !scopes.iter().any(|scope| scope == wanted))
        {
            return Err(OAuthError::InvalidScope);
        }
        scopes.retain(|scope| wanted.contains(&scope.as_str()));
    }
    let actor = Actor {
        kind: ActorKind::ApiClient,
        id: client.id.to_string(),
    };
    let clinics = client.clinics.clone();
    Ok(Caller::verified(
        client.id.organization,
        actor,
        clinics,
        Vec::new(),
        scopes,
    ))
}

async fn refresh_token(
    oauth: &OAuth,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Value, OAuthError> {
    let token = form.require("refresh_token", "a refresh token is needed")?;
    let tokens = match oauth.sessions.refresh(token, request_id(headers)).await {
        Ok(tokens) => tokens,
        Err(Error::SessionInvalid) => return Err(OAuthError::InvalidGrant),
        Err(error) => return Err(error.into()),
    };
    Ok(json!({
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh.expose(),
    }))
}
