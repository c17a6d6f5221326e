//! DownloadDocument.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_core::DocumentId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Violation, field};
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::sync::Arc;
use tonic::Status;

/// The answer: pieces of about 1 MiB.
pub(super) type Bytes =
    Pin<Box<dyn Stream<Item = Result<pb::DownloadDocumentResponse, Status>> + Send>>;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::DownloadDocumentRequest,
) -> Result<Bytes, Error> {
    let id: DocumentId = field::id(&request.document_id)
        .map_err(|error| vec![Violation::new("document_id", error)])?;
    let readable = vault.read_as_staff(call, id).await?;
    let length = readable.document.length();
    let bytes = vault.blobs.read(Arc::clone(&readable.document), 0..length);
    Ok(Box::pin(bytes.map(|piece| match piece {
        Ok(piece) => Ok(pb::DownloadDocumentResponse {
            chunk: piece.to_vec(),
        }),
        Err(error) => Err(Error::from(error).into()),
    })))
}
