//! The audit trail of documents and links.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_proto::document as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;

pub(super) async fn list(
    vault: &Vault,
    call: &Call,
    request: pb::ListDocumentAuditEntriesRequest,
) -> Result<pb::ListDocumentAuditEntriesResponse, Error> {
    let wanted = (
        request.resource.as_str(),
        request.page_size,
        request.page_token.as_str(),
    );
    let mut tx = vault.begin(call).await?;
    let lines = audit::list(&vault.base, call, &mut tx, wanted).await?;
    tx.commit().await?;
    Ok(pb::ListDocumentAuditEntriesResponse {
        entries: lines.entries,
        next_page_token: lines.next_page_token,
    })
}

pub(super) async fn verify(
    vault: &Vault,
    call: &Call,
    request: pb::VerifyDocumentAuditChainRequest,
) -> Result<pb::VerifyDocumentAuditChainResponse, Error> {
    let anchor = (request.anchor_sequence, request.anchor_hash.as_str());
    let verdict = audit::verify_chain(&vault.base, call, anchor).await?;
    Ok(pb::VerifyDocumentAuditChainResponse {
        verdict: Some(verdict),
    })
}
