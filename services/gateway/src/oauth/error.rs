//! Errors as RFC 6749 5.2 has them.

use crate::error::Error;
use axum::Json;
use axum::response::{IntoResponse, Response};
use bitewing_rpc::{Failure as _, Kind};
use http::StatusCode;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::json;

/// Why an endpoint refuses.
#[derive(Debug, thiserror::Error)]
pub(super) enum OAuthError {
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("the client is not known or its secret is wrong")]
    InvalidClient,
    #[error("the refresh token is not valid")]
    InvalidGrant,
    #[error("the client has no such scope")]
    InvalidScope,
    #[error("the grant type must be client_credentials or refresh_token")]
    UnsupportedGrantType,
    #[error("the service has a problem")]
    Server(#[from] Error),
}

impl OAuthError {
    fn shown(&self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidRequest(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::InvalidGrant => (StatusCode::BAD_REQUEST, "invalid_grant"),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::Server(error) if error.kind() == Kind::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            }
            Self::Server(_) => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        if let Self::Server(error) = &self {
            // Makes the log line an internal failure has everywhere.
            let _ = bitewing_rpc::status(error);
        }
        let (status, error) = self.shown();
        let body = json!({ "error": error, "error_description": self.to_string() });
        let mut response = (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = http::HeaderValue::from_static("Basic realm=\"bitewing\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
