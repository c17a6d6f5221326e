//! Which headers travel on, and which an answer is given.

use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use std::time::Duration;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// Headers that belong to one connection (RFC 9110 7.6.1).
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Headers by which services learn who calls, from where and on which request: the edge alone says.
const SAID_BY_THE_EDGE: [HeaderName; 13] = [
    header::AUTHORIZATION,
    header::HOST,
    header::EXPECT,
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];

/// Removes what must not reach a service.
pub(super) fn strip_request(headers: &mut HeaderMap) {
    strip_hop(headers);
    for name in &SAID_BY_THE_EDGE {
        headers.remove(name);
    }
}

/// Removes what belongs to the connection an answer came on.
pub(super) fn strip_response(headers: &mut HeaderMap) {
    strip_hop(headers);
    headers.remove("x-request-id");
}

fn strip_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// What every HTTP answer carries unless a service says otherwise: nothing of it may be guessed,
/// framed, kept or sent on as a referrer.
pub(super) struct Finish {
    defaults: Vec<(HeaderName, HeaderValue)>,
}

impl Finish {
    pub(super) fn new(hsts: Option<HeaderValue>) -> Self {
        let fixed = [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; frame-ancestors 'none'",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
        ];
        let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let hsts = hsts.map(|value| (header::STRICT_TRANSPORT_SECURITY, value));
        Self {
            defaults: fixed.into_iter().chain(hsts).collect(),
        }
    }

    /// Adds what is missing; gRPC is no page, and its headers are metadata.
    pub(super) fn apply(&self, response: &mut Response) {
        let headers = response.headers_mut();
        let grpc = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"));
        if grpc {
            return;
        }
        for (name, value) in &self.defaults {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
    }
}

/// Lets scripts of some origins call; no layer without any.
pub(super) fn cors(origins: &[HeaderValue]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let exposed = [
        "grpc-status",
        "grpc-message",
        "grpc-status-details-bin",
        "x-request-id",
    ];
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PATCH,
            Method::PUT,
            Method::DELETE,
        ])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(exposed.map(HeaderName::from_static))
        .max_age(Duration::from_mins(10));
    Some(layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_edge_says_itself_and_what_belongs_to_a_hop_is_removed() {
        let mut headers = HeaderMap::new();
        for name in SAID_BY_THE_EDGE.iter().chain(&HOP_BY_HOP) {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        headers.insert(
            header::CONNECTION,
            HeaderValue::from_static("close, X-Internal"),
        );
        headers.insert("x-internal", HeaderValue::from_static("1"));
        headers.insert("x-custom", HeaderValue::from_static("1"));
        headers.insert("grpc-timeout", HeaderValue::from_static("1S"));
        strip_request(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["grpc-timeout", "x-custom"]);
    }
}
