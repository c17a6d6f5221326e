//! RetireWording.

use super::super::Api;
use super::change;
use crate::domain::review::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RetireWordingRequest,
) -> Result<pb::RetireWordingResponse, Error> {
    let named = (super::id(&request.wording_id)?, request.etag.as_str());
    let told = (
        change::reason(&request.reason, false)?,
        request.keeps_scheduled,
    );
    let wording = change::take(api, call, named, Step::Retire, told).await?;
    Ok(pb::RetireWordingResponse {
        wording: Some(wording),
    })
}
