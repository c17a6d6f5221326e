//! A span and a measurement per request, joined to the caller's trace. Paths and states only: never a
//! message, never a query.

use super::Stack;
use crate::access;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::Extractor;
use opentelemetry::{KeyValue, global, metrics::Histogram};
use std::sync::LazyLock;
use std::time::Instant;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header that names a request, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static DURATION: LazyLock<Histogram<f64>> = LazyLock::new(|| {
    global::meter("bitewing")
        .f64_histogram("rpc.server.call.duration")
        .with_unit("s")
        .with_description("time from request to the head of the answer")
        .build()
});

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }
    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// The id a request carries if it is a plain short word, else a fresh one.
fn request_id(stack: &Stack, headers: &HeaderMap) -> String {
    headers
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
        .map_or_else(|| stack.ids.next().to_string(), str::to_owned)
}

/// What a request called, left in the extensions of its answer by a handler that serves many paths.
#[derive(Debug, Clone)]
pub struct Called(pub String);

/// The name of a request in spans and metrics: a known method, or the template of a path. Never a path
/// as sent: whoever calls must not be able to make names.
fn name(request: &Request) -> String {
    let path = request.uri().path();
    if access::rule(path).is_some() {
        return path.trim_start_matches('/').to_owned();
    }
    match request.extensions().get::<MatchedPath>() {
        Some(template) => format!("http {}", template.as_str()),
        None => "http other".to_owned(),
    }
}

pub(super) async fn run<F>(
    stack: &Stack,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let started = Instant::now();
    let id = request_id(stack, request.headers());
    let mut method = name(&request);
    let span = tracing::info_span!(
        "call",
        otel.name = %method,
        otel.kind = "server",
        service = stack.service.name(),
        request_id = %id,
        rpc.response.status_code = tracing::field::Empty,
    );
    let parent = global::get_text_map_propagator(|propagator| {
        propagator.extract(&Headers(request.headers()))
    });
    // Without an OpenTelemetry layer there is no parent to set, and nothing is lost.
    let _ = span.set_parent(parent);
    let header = HeaderValue::from_str(&id).expect("a request id is a plain word");
    request.headers_mut().insert(REQUEST_ID, header.clone());

    let mut response = next(request).instrument(span.clone()).await;

    let code = response
        .headers()
        .get("grpc-status")
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| response.status().as_u16().to_string(), str::to_owned);
    span.record("rpc.response.status_code", code.as_str());
    if let Some(Called(name)) = response.extensions_mut().remove() {
        method = name;
        span.record("otel.name", method.as_str());
    }
    DURATION.record(
        started.elapsed().as_secs_f64(),
        &[
            KeyValue::new("service", stack.service.name()),
            KeyValue::new("rpc.method", method),
            KeyValue::new("rpc.response.status_code", code),
        ],
    );
    response.headers_mut().insert(REQUEST_ID, header);
    response
}
