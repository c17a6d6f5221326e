//! RevokeLink.

use crate::domain::Arrow;
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::error::Error;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_core::LinkId;
use bitewing_proto::document as pb;
use bitewing_rpc::{Call, Violation, field};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::RevokeLinkRequest,
) -> Result<pb::RevokeLinkResponse, Error> {
    let id: LinkId =
        field::id(&request.link_id).map_err(|error| vec![Violation::new("link_id", error)])?;
    let visible = call.caller.clinics.filter();
    let mut tx = vault.begin(call).await?;
    tx.link(id, visible.clone())
        .await?
        .ok_or(Error::LinkNotFound)?;
    if let Some(link) = tx.end_link(id, Arrow::Revoke, "").await? {
        let author = Author::caller(call);
        let happened = Happened::new(ReceiptKind::Revoked);
        trail::link(&mut tx, &author, link, &happened, json!({})).await?;
    }
    let link = tx.link(id, visible).await?.ok_or(Error::LinkNotFound)?;
    tx.commit().await?;
    Ok(pb::RevokeLinkResponse {
        link: Some(link.into()),
    })
}
