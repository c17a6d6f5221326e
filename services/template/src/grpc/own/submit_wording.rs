//! SubmitWording.

use super::super::Api;
use super::change;
use crate::domain::review::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SubmitWordingRequest,
) -> Result<pb::SubmitWordingResponse, Error> {
    let named = (super::id(&request.wording_id)?, request.etag.as_str());
    let told = (String::new(), false);
    let wording = change::take(api, call, named, Step::Submit, told).await?;
    Ok(pb::SubmitWordingResponse {
        wording: Some(wording),
    })
}
