//! RejectInstruction.

use super::super::Api;
use super::decide::{self, Deciding};
use crate::domain::instruction::Step;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};

/// Characters of a reason.
const MAX_REASON: usize = 500;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RejectInstructionRequest,
) -> Result<pb::RejectInstructionResponse, Error> {
    let reason = field::text(&request.reason, 1..=MAX_REASON)
        .map_err(|error| vec![Violation::new("reason", error)])?;
    let wanted = Deciding {
        instruction_id: &request.instruction_id,
        etag: &request.etag,
        signed_by: &request.signed_by,
        step: Step::Reject,
        reason,
    };
    let decided = decide::run(api, call, wanted).await?;
    Ok(pb::RejectInstructionResponse {
        instruction: Some((&decided).into()),
    })
}
