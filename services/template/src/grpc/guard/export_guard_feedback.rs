//! ExportGuardFeedback.

use super::{GuardApi, read};
use crate::error::Error;
use crate::store::FeedbackFilter;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

/// Messages of up to 16 KiB make large pages.
const USUAL: usize = 50;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::ExportGuardFeedbackRequest,
) -> Result<pb::ExportGuardFeedbackResponse, Error> {
    let visible = call.caller.clinics.filter();
    let mut list = Filter::of("ExportGuardFeedback", call.organization()).with(&request.clinic_id);
    for clinic in visible.iter().flatten() {
        list = list.with(clinic);
    }
    let tokens = &guard.api.base.page_tokens;
    let mut fields = Fields::new();
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let size = fields.take("page_size", read::small_page(request.page_size, USUAL));
    let after = fields.take("page_token", tokens.read(&request.page_token, &list));
    let (clinic, size, after) = all!(fields, clinic, size, after)?;

    let filter = FeedbackFilter {
        visible,
        clinic,
        label: None,
    };
    let mut tx = guard.api.begin(call).await?;
    let keyring = &guard.api.base.keyring;
    let mut judged = tx.judged(keyring, &filter, after, size as i64 + 1).await?;
    let more = judged.len() > size;
    judged.truncate(size);
    let resource = call.organization();
    let details = json!({ "messages": judged.len() });
    let what = "guard_feedback.exported";
    tx.audit(audit::entry(call, what, resource, clinic, details))
        .await?;
    tx.commit().await?;
    let next = judged.last().filter(|_| more);
    let next = next.map(|(last, _)| tokens.write(last.id.uuid(), &list));
    Ok(pb::ExportGuardFeedbackResponse {
        next_page_token: next.unwrap_or_default(),
        lines: judged
            .into_iter()
            .map(|(feedback, message)| message.line(&feedback))
            .collect(),
    })
}
