//! ListGuardFeedback.

use super::{GuardApi, read};
use crate::error::Error;
use crate::store::FeedbackFilter;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::ListGuardFeedbackRequest,
) -> Result<pb::ListGuardFeedbackResponse, Error> {
    let visible = call.caller.clinics.filter();
    let mut list = Filter::of("ListGuardFeedback", call.organization())
        .with(&request.clinic_id)
        .with(request.label.to_be_bytes());
    for clinic in visible.iter().flatten() {
        list = list.with(clinic);
    }
    let tokens = &guard.api.base.page_tokens;
    let mut fields = Fields::new();
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let label = fields.take("label", read::optional_label(request.label));
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take("page_token", tokens.read(&request.page_token, &list));
    let (clinic, label, size, before) = all!(fields, clinic, label, size, before)?;

    let filter = FeedbackFilter {
        visible,
        clinic,
        label,
    };
    let mut tx = guard.api.begin(call).await?;
    let mut feedback = tx.feedback(&filter, before, size.probe()).await?;
    tx.commit().await?;
    let more = feedback.len() > size.rows();
    feedback.truncate(size.rows());
    let next = feedback.last().filter(|_| more);
    let next = next.map(|last| tokens.write(last.id.uuid(), &list));
    Ok(pb::ListGuardFeedbackResponse {
        next_page_token: next.unwrap_or_default(),
        feedback: feedback.into_iter().map(Into::into).collect(),
    })
}
