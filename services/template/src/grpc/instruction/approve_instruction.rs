//! ApproveInstruction.

use super::super::Api;
use super::decide::{self, Deciding};
use crate::domain::instruction::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ApproveInstructionRequest,
) -> Result<pb::ApproveInstructionResponse, Error> {
    let wanted = Deciding {
        instruction_id: &request.instruction_id,
        etag: &request.etag,
        signed_by: &request.signed_by,
        step: Step::Approve,
        reason: String::new(),
    };
    let decided = decide::run(api, call, wanted).await?;
    Ok(pb::ApproveInstructionResponse {
        instruction: Some((&decided).into()),
    })
}
