//! ReissueLink.

use super::make_link::{End, Wish, reach};
use super::replace_link::{find, replace};
use crate::error::Error;
use crate::vault::Vault;
use bitewing_core::LinkId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::Once;

/// Why the old link ended.
const REASON: &str = "REISSUED";

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::ReissueLinkRequest,
) -> Result<pb::ReissueLinkResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("link_id", field::id::<LinkId>(&request.link_id));
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let (id, request_id) = all!(fields, id, request_id)?;
    let once = Once::new(call, "ReissueLink", request_id, &request);
    let old = find(vault, call, id).await?;
    let wish = Wish {
        patient: old.patient,
        documents: old.documents,
        // The line the patient has now decides.
        code_channel: None,
        end: End::After(old.expires_at - old.created_at),
        max_unlocks: old.max_unlocks,
        reissued_from: Some(id),
    };
    let reached = reach(vault, call, &wish).await?;

    let mut tx = vault.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let link = replace(vault, call, &mut tx, wish, reached, REASON).await?;
    let answer = pb::ReissueLinkResponse {
        link: Some(link.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
