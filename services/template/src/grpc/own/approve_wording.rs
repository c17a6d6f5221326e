//! ApproveWording.

use super::super::Api;
use super::change;
use crate::domain::review::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ApproveWordingRequest,
) -> Result<pb::ApproveWordingResponse, Error> {
    let named = (super::id(&request.wording_id)?, request.etag.as_str());
    let told = (String::new(), request.keeps_scheduled);
    let wording = change::take(api, call, named, Step::Approve, told).await?;
    Ok(pb::ApproveWordingResponse {
        wording: Some(wording),
    })
}
