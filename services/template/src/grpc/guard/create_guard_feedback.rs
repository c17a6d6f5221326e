//! CreateGuardFeedback.

use super::{GuardApi, read};
use crate::domain::guard::{Feedback, Judged, KEPT};
use crate::error::Error;
use bitewing_core::{ClinicId, GuardFeedbackId};
use bitewing_guard::message::Inbound;
use bitewing_guard_desk::read as guard_read;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::{Once, audit};
use serde_json::json;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::CreateGuardFeedbackRequest,
) -> Result<pb::CreateGuardFeedbackResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateGuardFeedback", id, &request);
    let mut fields = Fields::new();
    let clinic = fields.take("clinic_id", field::id::<ClinicId>(&request.clinic_id));
    let text = guard_read::text(&request.text, guard_read::MAX_TEXT);
    let text = fields.take("text", text);
    let context = guard_read::context(&mut fields, &request.context.unwrap_or_default());
    let role = fields.take("operator_role", guard_read::role(request.operator_role));
    let label = fields.take("label", read::label(request.label));
    let judgement = fields.take("judgement", read::judgement(request.judgement));
    let (clinic, text, context, role, label, judgement) =
        all!(fields, clinic, text, context, role, label, judgement)?;

    let inbound = Inbound {
        language: context.language,
        ..Inbound::default()
    };
    let guess = guard.desk.analyze(text.clone(), inbound).await?;
    let language = context.language.unwrap_or(guess.language.language);
    let judged = if label.is_outbound() {
        Judged::outbound(text, &context, role, (label, judgement))
    } else {
        Judged::inbound(text, &guess, (label, judgement))
    };
    let base = &guard.api.base;
    let now = base.clock.now();
    let mut tx = guard.api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        tx.commit().await?;
        return Ok(answer);
    }
    let feedback = Feedback {
        id: GuardFeedbackId::from_uuid(base.ids.next()),
        clinic,
        label,
        judgement,
        language: language.tag().to_owned(),
        author: call.caller.actor.id.clone(),
        created_at: now,
        expires_at: now + KEPT,
    };
    tx.insert_feedback(&base.keyring, &feedback, &judged)
        .await?;
    let details = json!({ "label": label.name(), "judgement": judgement.name() });
    let what = "guard_feedback.created";
    let line = audit::entry(call, what, feedback.id, Some(clinic), details);
    tx.audit(line).await?;
    let answer = pb::CreateGuardFeedbackResponse {
        feedback: Some(feedback.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
