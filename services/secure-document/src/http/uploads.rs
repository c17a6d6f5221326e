//! `/v1/uploads/{upload_id}`: the bytes of an announced file, in as many requests as it takes.
//!
//! The core of tus 1.0 and its termination extension. While bytes are missing the offset is that of
//! whole parts of 8 MiB, so a request must bring at least one part or the rest of the file.

use super::answer::refuse;
use super::authorize;
use crate::domain::DocumentState;
use crate::domain::document::MAX_SIZE;
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, UploadState, trail};
use crate::transfer::{Arrived, paced, receive};
use crate::vault::Vault;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bitewing_core::UploadId;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::{Call, Violation};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const PIECE: &[u8] = b"application/offset+octet-stream";

pub(super) async fn options() -> Response {
    let mut response = empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert("tus-version", VERSION);
    headers.insert("tus-max-size", HeaderValue::from(MAX_SIZE));
    headers.insert("tus-extension", HeaderValue::from_static("termination"));
    response
}

pub(super) async fn head(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    Path(id): Path<String>,
) -> Response {
    match find(&vault, &arrival, &id).await {
        Ok((_, state)) => {
            let mut response = empty(StatusCode::OK);
            let headers = response.headers_mut();
            headers.insert(OFFSET, HeaderValue::from(state.offset()));
            headers.insert(LENGTH, HeaderValue::from(state.document.size));
            response
        }
        Err(error) => tus(refuse(error, &arrival.request_id)),
    }
}

pub(super) async fn patch(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if headers
        .get(RESUMABLE)
        .is_some_and(|version| version != VERSION)
    {
        let mut response = empty(StatusCode::PRECONDITION_FAILED);
        response.headers_mut().insert("tus-version", VERSION);
        return response;
    }
    if headers
        .get(CONTENT_TYPE)
        .is_none_or(|sent| sent.as_bytes() != PIECE)
    {
        return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let offset = headers
        .get(OFFSET)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let Some(offset) = offset else {
        let violation = Violation::new("upload-offset", "must be a number of bytes");
        return tus(refuse(vec![violation].into(), &arrival.request_id));
    };
    match append(&vault, &arrival, &id, offset, body).await {
        Ok(reached) => {
            let mut response = empty(StatusCode::NO_CONTENT);
            response
                .headers_mut()
                .insert(OFFSET, HeaderValue::from(reached));
            response
        }
        Err(error) => tus(refuse(error, &arrival.request_id)),
    }
}

pub(super) async fn delete(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    Path(id): Path<String>,
) -> Response {
    match give_up(&vault, &arrival, &id).await {
        Ok(()) => empty(StatusCode::NO_CONTENT),
        Err(error) => tus(refuse(error, &arrival.request_id)),
    }
}

async fn find(vault: &Vault, arrival: &Arrival, id: &str) -> Result<(Call, UploadState), Error> {
    let call = authorize(arrival, "CreateUpload")?;
    let id: UploadId = id.parse().map_err(|_| Error::UploadNotFound)?;
    let mut tx = vault.begin(&call).await?;
    let state = tx.upload(id, call.caller.clinics.filter()).await?;
    tx.commit().await?;
    Ok((call, state.ok_or(Error::UploadNotFound)?))
}

async fn append(
    vault: &Vault,
    arrival: &Arrival,
    id: &str,
    offset: u64,
    body: Body,
) -> Result<u64, Error> {
    let (call, state) = find(vault, arrival, id).await?;
    if offset != state.offset() {
        return Err(Error::OffsetMismatch);
    }
    let size = state.document.size as u64;
    if state.document.state != DocumentState::Uploading {
        // All there: a client that missed the last answer learns it now.
        return Ok(size);
    }
    let author = Author::caller(&call);
    let mut bytes = Box::pin(paced(bytes_of(body), vault.patience));
    match receive(vault, &call.scope(), &author, state, &mut bytes).await? {
        Arrived::Whole => Ok(size),
        Arrived::UpTo(offset) => Ok(offset),
    }
}

/// The bytes of a request; one that breaks off has nobody who reads the answer.
fn bytes_of(body: Body) -> impl Stream<Item = Result<Bytes, Error>> {
    body.into_data_stream()
        .map(|piece| piece.map_err(|_| Error::Stalled))
}

async fn give_up(vault: &Vault, arrival: &Arrival, id: &str) -> Result<(), Error> {
    let (call, state) = find(vault, arrival, id).await?;
    let document = state.document;
    if document.state != DocumentState::Uploading {
        return Err(Error::UploadNotFound);
    }
    let mut tx = vault.begin(&call).await?;
    if tx.shred_document(document.id, "UPLOAD_CANCELLED").await? {
        let author = Author::caller(&call);
        let details = json!({ "reason": "UPLOAD_CANCELLED" });
        trail::document(
            &mut tx,
            &author,
            "document.shredded",
            document.id,
            document.clinic,
            details,
        )
        .await?;
        tx.enqueue(jobs::shred_document(document.id)).await?;
    }
    tx.commit().await
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    tus(response)
}

fn tus(mut response: Response) -> Response {
    response.headers_mut().insert(RESUMABLE, VERSION);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
