//! RejectWording.

use super::super::Api;
use super::change;
use crate::domain::review::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RejectWordingRequest,
) -> Result<pb::RejectWordingResponse, Error> {
    let named = (super::id(&request.wording_id)?, request.etag.as_str());
    let told = (change::reason(&request.reason, true)?, false);
    let wording = change::take(api, call, named, Step::Reject, told).await?;
    Ok(pb::RejectWordingResponse {
        wording: Some(wording),
    })
}
