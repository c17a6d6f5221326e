//! Where the world calls: gRPC, gRPC-Web and JSON on one port, each forwarded to the service a method
//! belongs to, this service's own methods included.
//!
//! ```text
//! trace -> deadline -> shed -> which language? -> grpc | json | prefixes | hooks
//!                                each: admission (limits, credential, access rule) -> links -> service
//! ```
//! Nothing here knows a method: rules, routes and services come from the contracts.

mod admission;
mod client_address;
mod docs;
mod grpc;
mod headers;
mod hooks;
mod json;
mod limits;
mod links;
mod prefixes;
mod spool;

pub use client_address::Cidr;
pub(crate) use hooks::Hooks;
pub use limits::Rate;
pub(crate) use spool::relay;

use crate::access_token::{AccessTokens, Denied};
use crate::config::EdgeConfig;
use crate::transcode::Routes;
use admission::Admission;
use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use bitewing_proto::POOL;
use bitewing_rpc::server::{refuse, request_id_of, speaks_grpc};
use bitewing_rpc::{Refusal, Stack};
use bitewing_runtime::Base;
use client_address::TrustedProxies;
use futures_util::FutureExt as _;
use headers::Finish;
use http::StatusCode;
use limits::Limits;
use links::Links;
use prefixes::peer_address;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Everything the edge needs to forward a request.
struct Edge {
    admission: Admission,
    links: Links,
    hooks: Hooks,
    routes: Routes,
    proxies: TrustedProxies,
    slots: Semaphore,
    denied: Denied,
    finish: Finish,
}

/// The edge's routes with all its layers, and the limits to be swept now and then.
pub(crate) fn routes(
    base: &Base,
    config: &EdgeConfig,
    tokens: AccessTokens,
    denied: Denied,
    hooks: Hooks,
    oauth: Router,
) -> anyhow::Result<(Router, Arc<Limits>)> {
    let limits = Arc::new(Limits::new(&config.rates));
    let edge = Arc::new(Edge {
        admission: Admission::new(tokens, denied.clone(), Arc::clone(&limits)),
        links: Links::new(base, config.max_streams),
        hooks,
        routes: Routes::new(&POOL).context("the contracts cannot be served as JSON")?,
        proxies: TrustedProxies(config.trusted_proxies.clone()),
        slots: Semaphore::new(config.max_concurrency),
        denied,
        finish: Finish::new(config.hsts.clone()),
    });
    let oauth = Stack::shield(oauth).layer(from_fn_with_state(Arc::clone(&edge), count_stranger));
    let routes = docs::routes()?
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .fallback(dispatch)
        .with_state(Arc::clone(&edge))
        .merge(oauth);
    let routes = match headers::cors(&config.cors_origins) {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    let routes = routes.layer(from_fn_with_state(edge, finish));
    Ok((base.stack().wrap_edge(routes), limits))
}

/// Ready once revoked tokens are known: before that nobody is believed.
async fn ready(State(edge): State<Arc<Edge>>) -> (StatusCode, &'static str) {
    if edge.denied.is_known() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

/// Counts a request whose credential, if it has one, is checked behind this.
async fn count_stranger(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let client = edge
        .proxies
        .client(peer_address(&request), request.headers());
    match edge.admission.count_stranger(client) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refuse(false, &request_id_of(&request), refusal.into()),
    }
}

async fn finish(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    edge.finish.apply(&mut response);
    response
}

/// Refuses what would only wait behind too many others; a panic ends one call only.
async fn dispatch(State(edge): State<Arc<Edge>>, request: Request<Body>) -> Response {
    let (speaks_grpc, id) = (speaks_grpc(&request), request_id_of(&request));
    let Ok(_slot) = edge.slots.try_acquire() else {
        return refuse(speaks_grpc, &id, Refusal::Overloaded.into());
    };
    let answered = AssertUnwindSafe(forward(Arc::clone(&edge), request)).catch_unwind();
    let answered = answered.await;
    answered.unwrap_or_else(|_| refuse(speaks_grpc, &id, Refusal::Panicked.into()))
}

async fn forward(edge: Arc<Edge>, request: Request<Body>) -> Response {
    if grpc::is_web(&request) {
        grpc::web(edge, request).await
    } else if speaks_grpc(&request) {
        grpc::call(&edge, request.map(tonic::body::Body::new))
            .await
            .map(Body::new)
    } else if hooks::is_hook(request.uri().path()) {
        hooks::take(&edge, request).await
    } else if let Some(prefix) = prefixes::find(request.uri().path()) {
        prefixes::forward(&edge, prefix, request).await
    } else {
        json::call(&edge, request).await
    }
}
