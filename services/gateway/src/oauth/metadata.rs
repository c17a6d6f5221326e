//! What programs can find out by themselves (RFC 8414, RFC 7517).

use super::OAuth;
use crate::domain::scopes;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

/// Keys are published five minutes before they sign, so an answer may be kept as long.
const CACHED: &str = "public, max-age=300";

pub(super) async fn server(State(oauth): State<OAuth>) -> Response {
    let issuer = oauth.tokens.issuer();
    let methods = ["client_secret_basic", "client_secret_post"];
    let metadata = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "introspection_endpoint": format!("{issuer}/oauth2/introspect"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "scopes_supported": scopes::all(),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "service_documentation": format!("{issuer}/docs"),
    });
    ([(CACHE_CONTROL, CACHED)], Json(metadata)).into_response()
}

pub(super) async fn keys(State(oauth): State<OAuth>) -> Response {
    let headers = [
        (CACHE_CONTROL, CACHED),
        (CONTENT_TYPE, "application/jwk-set+json"),
    ];
    (headers, oauth.tokens.jwks().to_string()).into_response()
}
