//! UploadDocument.

use super::clinic::known_clinic;
use super::create_upload::{begin, read};
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, UploadState};
use crate::transfer::{Arrived, paced, receive};
use crate::vault::Vault;
use bitewing_proto::document as pb;
use bitewing_proto::document::upload_document_request::Part;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Call, Refusal, Violation};
use bitewing_runtime::Once;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tonic::{Request, Status, Streaming};

/// The largest piece, in bytes.
const MAX_CHUNK: usize = 1024 * 1024;

pub(super) async fn run(
    vault: &Vault,
    request: Request<Streaming<pb::UploadDocumentRequest>>,
) -> Result<pb::UploadDocumentResponse, Error> {
    let arrival = request
        .extensions()
        .get::<Arrival>()
        .cloned()
        .ok_or(Error::Unauthenticated)?;
    let call = arrival.call().map_err(|_| Error::Unauthenticated)?;
    let mut messages = request.into_inner();
    let first = messages.next().await.transpose().map_err(broken)?;
    let Some(Part::Announcement(sent)) = first.and_then(|message| message.part) else {
        return Err(vec![Violation::new("announcement", "must come first")].into());
    };
    let announcement = read("announcement.", &sent)?;
    known_clinic(vault, &call, announcement.clinic).await?;
    let once = Once::new(&call, "UploadDocument", announcement.request_id, &sent);
    if let Some(answer) = before(vault, &call, &once).await? {
        return Ok(answer);
    }

    let author = Author::caller(&call);
    let mut tx = vault.begin(&call).await?;
    let (document, _) = begin(vault, &mut tx, &author, announcement).await?;
    tx.commit().await?;
    let id = document.id;
    let state = UploadState { document, parts: 0 };
    let mut bytes = Box::pin(paced(chunks(messages), vault.patience));
    match receive(vault, &call.scope(), &author, state, &mut bytes).await {
        Ok(Arrived::Whole) => {}
        Ok(Arrived::UpTo(_)) | Err(Error::PieceTooSmall) => return Err(Error::SizeMismatch),
        Err(error) => return Err(error),
    }

    let mut tx = vault.begin(&call).await?;
    // Of two uploads of the same request the first one to end is the answer to both.
    if let Some(answer) = once.answer(&mut tx).await? {
        tx.shred_document(id, "UPLOAD_REPEATED").await?;
        tx.enqueue(jobs::shred_document(id)).await?;
        tx.commit().await?;
        return Ok(answer);
    }
    let document = tx
        .document(id, None)
        .await?
        .ok_or(Error::DocumentNotFound)?;
    let answer = pb::UploadDocumentResponse {
        document: Some(document.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The answer given before. The id is claimed only with the answer: an upload takes longer than a
/// transaction may.
async fn before(
    vault: &Vault,
    call: &Call,
    once: &Once,
) -> Result<Option<pb::UploadDocumentResponse>, Error> {
    let mut tx = vault.begin(call).await?;
    Ok(once.answer(&mut tx).await?)
}

fn chunks(
    messages: Streaming<pb::UploadDocumentRequest>,
) -> impl Stream<Item = Result<Bytes, Error>> {
    messages.map(|message| match message.map_err(broken)?.part {
        Some(Part::Chunk(chunk)) if chunk.len() <= MAX_CHUNK => Ok(Bytes::from(chunk)),
        Some(Part::Chunk(_)) => {
            Err(vec![Violation::new("chunk", "must have at most 1 MiB")].into())
        }
        Some(Part::Announcement(_)) | None => {
            Err(vec![Violation::new("chunk", "must follow the announcement")].into())
        }
    })
}

/// A stream that ends early: the client sent what is no message, or went away.
fn broken(status: Status) -> Error {
    match Refusal::of_tonic(&status) {
        Some(_) => vec![Violation::new("", "must be a stream of messages")].into(),
        None => PeerError::from(status).into(),
    }
}
