//! ReissueLink.

use super::make_link::{End, Wish, draft, reach};
use crate::domain::{Arrow, Link};
use crate::error::Error;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_core::LinkId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::Once;
use serde_json::json;

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

    let author = Author::caller(call);
    let mut tx = vault.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    if let Some(ended) = tx.end_link(id, Arrow::Revoke, REASON).await? {
        trail::link(
            &mut tx,
            &author,
            "link.revoked",
            ended,
            json!({ "reason": REASON }),
        )
        .await?;
    }
    let link = draft(vault, call, &mut tx, wish, reached)
        .await?
        .make(vault, &mut tx, &author)
        .await?;
    let answer = pb::ReissueLinkResponse {
        link: Some(link.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn find(vault: &Vault, call: &Call, id: LinkId) -> Result<Link, Error> {
    let mut tx = vault.begin(call).await?;
    let link = tx.link(id, call.caller.clinics.filter()).await?;
    tx.commit().await?;
    link.ok_or(Error::LinkNotFound)
}
