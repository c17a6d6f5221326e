//! What operators' tools ask on every service's port: `/healthz` (the process lives), `/readyz` (it
//! can do its work), `/metrics` (Prometheus text).

use crate::Base;
use crate::telemetry::REGISTRY;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use prometheus::{Encoder as _, TextEncoder};

pub(crate) fn routes(base: Base) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(base)
}

async fn ready(State(base): State<Base>) -> (StatusCode, &'static str) {
    match base.db.self_check().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(service = base.service.name(), %error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}

async fn metrics() -> Result<([(http::HeaderName, String); 1], Vec<u8>), StatusCode> {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    encoder
        .encode(&REGISTRY.gather(), &mut text)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, encoder.format_type().to_owned())], text))
}
