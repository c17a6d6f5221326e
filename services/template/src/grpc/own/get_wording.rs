//! GetWording.

use super::super::Api;
use super::seen;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetWordingRequest,
) -> Result<pb::GetWordingResponse, Error> {
    let id = super::id(&request.wording_id)?;
    if request.version < 0 {
        return Err(vec![Violation::new("version", "must not be negative")].into());
    }
    let mut tx = api.begin(call).await?;
    let version = tx.wording_version(id, request.version).await?;
    tx.commit().await?;
    Ok(pb::GetWordingResponse {
        wording: Some(seen(call, version)?.into()),
    })
}
