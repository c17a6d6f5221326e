//! GetLink.

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
    request: pb::GetLinkRequest,
) -> Result<pb::GetLinkResponse, Error> {
    let id: LinkId =
        field::id(&request.link_id).map_err(|error| vec![Violation::new("link_id", error)])?;
    let mut tx = vault.begin(call).await?;
    let link = tx
        .link(id, call.caller.clinics.filter())
        .await?
        .ok_or(Error::LinkNotFound)?;
    let (author, clinic) = (Author::caller(call), Some(link.clinic));
    trail::audit(
        &mut tx,
        &author,
        "link.read",
        id.to_string(),
        clinic,
        json!({}),
    )
    .await?;
    let receipts = tx.receipts(id).await?;
    tx.commit().await?;
    Ok(pb::GetLinkResponse {
        link: Some(pb::Link {
            receipts: receipts.into_iter().map(Into::into).collect(),
            ..link.into()
        }),
    })
}
