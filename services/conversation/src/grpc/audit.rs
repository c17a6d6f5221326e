//! The audit trail of clinics, accounts and messages.

use super::Api;
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;

pub(super) async fn list(
    api: &Api,
    call: &Call,
    request: pb::ListConversationAuditEntriesRequest,
) -> Result<pb::ListConversationAuditEntriesResponse, Error> {
    let wanted = (
        request.resource.as_str(),
        request.page_size,
        request.page_token.as_str(),
    );
    let mut tx = api.begin(call).await?;
    let lines = audit::list(&api.base, call, &mut tx, wanted).await?;
    tx.commit().await?;
    Ok(pb::ListConversationAuditEntriesResponse {
        entries: lines.entries,
        next_page_token: lines.next_page_token,
    })
}

pub(super) async fn verify(
    api: &Api,
    call: &Call,
    request: pb::VerifyConversationAuditChainRequest,
) -> Result<pb::VerifyConversationAuditChainResponse, Error> {
    let anchor = (request.anchor_sequence, request.anchor_hash.as_str());
    let verdict = audit::verify_chain(&api.base, call, anchor).await?;
    Ok(pb::VerifyConversationAuditChainResponse {
        verdict: Some(verdict),
    })
}
