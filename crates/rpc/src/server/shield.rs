//! Runs every handler as a task of its own: a client that goes away, or a deadline that passes, never
//! stops it between two statements, and a panic ends one call only.

use super::{refuse, request_id_of, speaks_grpc};
use crate::Refusal;
use axum::extract::Request;
use axum::response::Response;
use tracing::Instrument as _;

pub(super) async fn run<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response> + Send + 'static,
{
    let grpc = speaks_grpc(&request);
    let id = request_id_of(&request);
    match tokio::spawn(next(request).in_current_span()).await {
        Ok(response) => response,
        Err(_) => refuse(grpc, &id, Refusal::Panicked.into()),
    }
}
