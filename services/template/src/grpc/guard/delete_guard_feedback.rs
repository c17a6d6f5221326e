//! DeleteGuardFeedback.

use super::GuardApi;
use crate::error::Error;
use bitewing_core::GuardFeedbackId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::DeleteGuardFeedbackRequest,
) -> Result<pb::DeleteGuardFeedbackResponse, Error> {
    let id: GuardFeedbackId = field::id(&request.feedback_id)
        .map_err(|error| vec![Violation::new("feedback_id", error)])?;
    let visible = call.caller.clinics.filter();
    let mut tx = guard.api.begin(call).await?;
    let clinic = tx.delete_feedback(id, visible.as_deref()).await?;
    let clinic = clinic.ok_or(Error::GuardFeedbackNotFound)?;
    let what = "guard_feedback.deleted";
    tx.audit(audit::entry(call, what, id, Some(clinic), json!({})))
        .await?;
    tx.commit().await?;
    Ok(pb::DeleteGuardFeedbackResponse {})
}
