//! `/d/files/{document_id}`: a patient fetches a file, in ranges if the connection breaks.

use super::api::visitor;
use super::cookies;
use crate::error::Error;
use crate::http::answer::{Asked, refuse};
use crate::recipient::files;
use crate::transfer::{Place, Receipt, tracked};
use crate::vault::Vault;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bitewing_core::{CapabilityToken, DocumentId};
use bitewing_rpc::call::Arrival;
use http::{HeaderMap, HeaderName, Method};
use std::sync::Arc;

/// Where a portal shows its session: `authorization` belongs to the services among themselves.
const SESSION: HeaderName = HeaderName::from_static("x-session-token");

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
    let id: DocumentId = id.parse().map_err(|_| Error::DocumentNotFound)?;
    let opened = files::open(vault, &tokens(vault, headers), id).await?;
    let asked = Asked::of(headers, &opened.readable);
    let bytes = asked.bytes();
    if *method == Method::HEAD || bytes.is_empty() {
        return Ok(asked.answer(&opened.readable, Body::empty()));
    }
    let place = Place::enter(vault, &opened.scope, opened.session.link.id).await?;
    let receipt = Receipt {
        vault: vault.clone(),
        scope: opened.scope,
        session: opened.session,
        token_hash: opened.token_hash,
        document: id,
        visitor: visitor(arrival, headers),
    };
    let plain = vault
        .blobs
        .read(Arc::clone(&opened.readable.document), bytes.clone());
    let body = Body::from_stream(tracked(plain, &bytes, receipt, place));
    Ok(asked.answer(&opened.readable, body))
}

/// What the visitor holds: a portal's token, or a browser's cookie.
fn tokens(vault: &Vault, headers: &HeaderMap) -> Vec<CapabilityToken> {
    let shown = headers.get(SESSION).and_then(|value| value.to_str().ok());
    match shown.map(CapabilityToken::parse) {
        Some(Ok(token)) => vec![token],
        Some(Err(_)) => Vec::new(),
        None => cookies::sessions(&vault.public_url, headers),
    }
}
