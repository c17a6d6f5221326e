//! The description of the JSON API and the page that shows it.

use super::Edge;
use crate::openapi::{ASSETS, CONTENT_SECURITY_POLICY, document};
use anyhow::Context as _;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use bitewing_proto::POOL;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY as POLICY, CONTENT_TYPE};
use std::sync::Arc;

/// Both are the same for everyone and as old as the program.
const CACHED: &str = "public, max-age=300";

pub(super) fn routes() -> anyhow::Result<Router<Arc<Edge>>> {
    let described =
        document(&POOL, env!("CARGO_PKG_VERSION")).context("the contracts cannot be described")?;
    let described = Bytes::from(described.to_string());
    let routes = Router::new().route(
        "/openapi.json",
        get(move || async move {
            (
                [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, CACHED)],
                described,
            )
        }),
    );
    Ok(ASSETS.iter().fold(routes, |routes, asset| {
        routes.route(
            asset.path,
            get(async || {
                let headers = [
                    (CONTENT_TYPE, asset.media_type),
                    (CACHE_CONTROL, CACHED),
                    (POLICY, CONTENT_SECURITY_POLICY),
                ];
                (headers, asset.body).into_response()
            }),
        )
    }))
}
