//! DeleteWordingKind.

use super::super::Api;
use super::read;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: &pb::DeleteWordingKindRequest,
) -> Result<pb::DeleteWordingKindResponse, Error> {
    let kind = read::kind(&request.kind).map_err(|error| vec![Violation::new("kind", error)])?;
    let mut tx = api.begin(call).await?;
    if !tx.delete_kind(kind).await? {
        return Err(Error::WordingKindNotFound);
    }
    let entry = audit::entry(call, "wording_kind.deleted", kind, None, json!({}));
    tx.audit(entry).await?;
    tx.commit().await?;
    Ok(pb::DeleteWordingKindResponse {})
}
