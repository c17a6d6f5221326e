//! DeleteDocument: the key first, then the links, then, by a job, the bytes.

use crate::domain::Arrow;
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::error::Error;
use crate::jobs;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_core::DocumentId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Violation, field};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::DeleteDocumentRequest,
) -> Result<pb::DeleteDocumentResponse, Error> {
    let id: DocumentId = field::id(&request.document_id)
        .map_err(|error| vec![Violation::new("document_id", error)])?;
    let author = Author::caller(call);
    let visible = call.caller.clinics.filter();
    let mut tx = vault.begin(call).await?;
    let document = tx
        .document(id, visible.clone())
        .await?
        .ok_or(Error::DocumentNotFound)?;
    if tx.shred_document(id, "").await? {
        trail::document(
            &mut tx,
            &author,
            "document.shredded",
            id,
            document.clinic,
            json!({}),
        )
        .await?;
        let reason = "DOCUMENT_DELETED";
        for link in tx.open_links_of(id).await? {
            if let Some(link) = tx.end_link(link, Arrow::Revoke, reason).await? {
                let details = json!({ "reason": reason });
                let happened = Happened::new(ReceiptKind::Revoked).because(reason);
                trail::link(&mut tx, &author, link, &happened, details).await?;
            }
        }
        tx.enqueue(jobs::shred_document(id)).await?;
    }
    let document = tx
        .document(id, visible)
        .await?
        .ok_or(Error::DocumentNotFound)?;
    tx.commit().await?;
    Ok(pb::DeleteDocumentResponse {
        document: Some(document.into()),
    })
}
