//! Answers of tonic itself to what it cannot read, in the words of this API.

use super::{refuse, request_id_of, speaks_grpc};
use crate::Refusal;
use axum::extract::Request;
use axum::response::Response;
use tonic::Status;

pub(super) async fn run<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let grpc = speaks_grpc(&request);
    let id = request_id_of(&request);
    let response = next(request).await;
    let status = Status::from_header_map(response.headers());
    match status.as_ref().and_then(Refusal::of_tonic) {
        // Its routes answer any path they do not know in this way.
        Some(Refusal::NoSuchMethod) if !grpc => refuse(grpc, &id, Refusal::NoSuchPath.into()),
        Some(refusal) => refuse(grpc, &id, refusal.into()),
        None => response,
    }
}
