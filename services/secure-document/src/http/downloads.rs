//! `/v1/downloads/{document_id}`: staff fetches a document, in ranges if it likes.

use super::answer::{Asked, refuse};
use super::authorize;
use crate::error::Error;
use crate::vault::Vault;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bitewing_core::DocumentId;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::{Violation, field};
use http::{HeaderMap, Method};
use std::sync::Arc;

pub(super) async fn get(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let answered = answer(&vault, &arrival, &id, &method, &headers).await;
    answered.unwrap_or_else(|error| refuse(error, &arrival.request_id))
}

async fn answer(
    vault: &Vault,
    arrival: &Arrival,
    id: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let call = authorize(arrival, "DownloadDocument")?;
    let id: DocumentId =
        field::id(id).map_err(|error| vec![Violation::new("document_id", error)])?;
    let readable = vault.read_as_staff(&call, id).await?;
    let asked = Asked::of(headers, &readable);
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(
            vault
                .blobs
                .read(Arc::clone(&readable.document), asked.bytes()),
        )
    };
    Ok(asked.answer(&readable, body))
}
