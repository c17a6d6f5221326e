//! gRPC and gRPC-Web: frames pass as they are.

use super::Edge;
use super::admission::Door;
use super::links::Onward;
use super::prefixes::peer_address;
use axum::body::Body as AxumBody;
use bitewing_rpc::server::request_id_of;
use bitewing_rpc::{Refusal, access};
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use std::convert::Infallible;
use std::sync::Arc;
use tonic::Status;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Whether a request is gRPC-Web.
pub(super) fn is_web<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc-web"))
}

/// Translates gRPC-Web to gRPC and back around the same call.
pub(super) async fn web(edge: Arc<Edge>, request: Request<AxumBody>) -> Response<AxumBody> {
    let inner = service_fn(move |request: Request<Body>| {
        let edge = Arc::clone(&edge);
        async move { Ok::<_, Infallible>(call(&edge, request).await) }
    });
    match GrpcWebLayer::new().layer(inner).oneshot(request).await {
        Ok(response) => response.map(AxumBody::new),
        Err(never) => match never {},
    }
}

/// Forwards one call; a refusal is an answer with trailers only.
pub(super) async fn call(edge: &Edge, request: Request<Body>) -> Response<Body> {
    match forward(edge, request).await {
        Ok(response) => response,
        Err(refusal) => Status::from(refusal).into_http(),
    }
}

async fn forward(edge: &Edge, request: Request<Body>) -> Result<Response<Body>, Refusal> {
    // What only services may call looks like what does not exist.
    let rule = access::rule(request.uri().path())
        .filter(|rule| rule.reachable() && request.method() == Method::POST);
    let (rule, service) = rule
        .and_then(|rule| rule.service.map(|service| (rule, service)))
        .ok_or(Refusal::NoSuchMethod)?;
    let client = edge
        .proxies
        .client(peer_address(&request), request.headers());
    let admitted = edge
        .admission
        .admit(Door::Method(rule), request.headers(), client)?;
    let request_id = request_id_of(&request);
    let onward = Onward {
        service,
        caller: admitted.caller(),
        request_id: &request_id,
        client,
        streaming: rule.streaming,
    };
    edge.links.send(&onward, request).await
}
