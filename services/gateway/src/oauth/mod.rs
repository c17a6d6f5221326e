//! OAuth 2.0 for programs and staff: `/oauth2/token`, `/oauth2/revoke`, `/oauth2/introspect` and what
//! `/.well-known/` says of them. They stand at the edge itself: their credential is in the header that
//! the edge gives a meaning of its own on the way to a service.

mod client;
mod error;
mod form;
mod introspect;
mod metadata;
mod revoke;
mod token;

use crate::access_token::{AccessTokens, Denied};
use crate::session_tokens::Sessions;
use crate::store::Store;
use axum::Router;
use axum::routing::{get, post};
use bitewing_core::Sensitive;
use bitewing_runtime::Base;
use http::HeaderMap;
use std::sync::Arc;

/// What the endpoints need.
#[derive(Clone)]
pub(crate) struct OAuth {
    pub(crate) base: Base,
    pub(crate) store: Store,
    pub(crate) sessions: Sessions,
    pub(crate) tokens: AccessTokens,
    pub(crate) denied: Denied,
    pub(crate) operator_secret: Option<Arc<Sensitive<String>>>,
}

impl OAuth {
    /// The endpoints.
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/oauth2/token", post(token::run))
            .route("/oauth2/revoke", post(revoke::run))
            .route("/oauth2/introspect", post(introspect::run))
            .route(
                "/.well-known/oauth-authorization-server",
                get(metadata::server),
            )
            .route("/.well-known/jwks.json", get(metadata::keys))
            .with_state(self)
    }
}

/// The id the trace layer gave a request.
fn request_id(headers: &HeaderMap) -> String {
    let id = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    id.unwrap_or_default().to_owned()
}
