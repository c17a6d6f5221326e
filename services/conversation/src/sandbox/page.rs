//! The page, its files and what its script asks for.

use super::Ring;
use super::ring::Shown;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// Nothing but this page's own files, and no page around it (OWASP ASVS 5.0 3.4.3, 3.4.6).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; form-action 'none'; base-uri 'none'; object-src 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 8] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

#[derive(Serialize)]
struct Messages {
    messages: Vec<Shown>,
    next: String,
}

/// The routes under `/sandbox`.
pub(crate) fn routes(ring: Ring) -> Router {
    Router::new()
        .route("/sandbox", file(HTML, include_str!("assets/sandbox.html")))
        .route(
            "/sandbox/assets/sandbox.css",
            file(CSS, include_str!("assets/sandbox.css")),
        )
        .route(
            "/sandbox/assets/sandbox.js",
            file(SCRIPT, include_str!("assets/sandbox.js")),
        )
        .route(
            "/sandbox/assets/email.js",
            file(SCRIPT, include_str!("assets/email.js")),
        )
        .route(
            "/sandbox/assets/icon.svg",
            file(SVG, include_str!("assets/icon.svg")),
        )
        .route("/sandbox/api/messages", get(messages))
        .with_state(ring)
}

fn file(media_type: &'static str, text: &'static str) -> axum::routing::MethodRouter<Ring> {
    get(async move || guarded(([(CONTENT_TYPE, media_type)], text)))
}

async fn messages(State(ring): State<Ring>, Query(query): Query<After>) -> Response {
    let (messages, next) = ring.after(&query.after);
    guarded(Json(Messages { messages, next }))
}

fn guarded(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
