//! GetDocument.

use crate::error::Error;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_core::DocumentId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Violation, field};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::GetDocumentRequest,
) -> Result<pb::GetDocumentResponse, Error> {
    let id: DocumentId = field::id(&request.document_id)
        .map_err(|error| vec![Violation::new("document_id", error)])?;
    let mut tx = vault.begin(call).await?;
    let document = tx
        .document(id, call.caller.clinics.filter())
        .await?
        .ok_or(Error::DocumentNotFound)?;
    let (author, clinic) = (Author::caller(call), Some(document.clinic));
    trail::audit(
        &mut tx,
        &author,
        "document.read",
        id.to_string(),
        clinic,
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(pb::GetDocumentResponse {
        document: Some(document.into()),
    })
}
