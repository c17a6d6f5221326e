//! ListDocuments.

use crate::error::Error;
use crate::store::{Author, DocumentFilter, trail};
use crate::vault::Vault;
use bitewing_core::ClinicId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::ListDocumentsRequest,
) -> Result<pb::ListDocumentsResponse, Error> {
    let tokens = &vault.base.page_tokens;
    let list = Filter::of("ListDocuments", call.organization()).with(&request.clinic_id);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take("page_token", tokens.read(&request.page_token, &list));
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let (size, before, clinic) = all!(fields, size, before, clinic)?;

    let mut tx = vault.begin(call).await?;
    let filter = DocumentFilter {
        visible: call.caller.clinics.filter(),
        clinic,
        before,
    };
    let mut documents = tx.documents(&filter, size).await?;
    let more = documents.len() > size.rows();
    documents.truncate(size.rows());
    let (author, details) = (Author::caller(call), json!({ "rows": documents.len() }));
    let resource = call.organization().to_string();
    trail::audit(
        &mut tx,
        &author,
        "document.listed",
        resource,
        clinic,
        details,
    )
    .await?;
    tx.commit().await?;
    let next = documents
        .last()
        .filter(|_| more)
        .map(|last| tokens.write(last.id.uuid(), &list));
    Ok(pb::ListDocumentsResponse {
        documents: documents.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
