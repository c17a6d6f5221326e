//! RecordChannelAnswer.

use super::super::Api;
use super::super::address::required;
use crate::domain::ContactChannel;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::{Once, audit};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RecordChannelAnswerRequest,
) -> Result<pb::RecordChannelAnswerResponse, Error> {
    let mut fields = Fields::new();
    let once = fields.take("request_id", field::request_id(&request.request_id));
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let channel = fields.take("channel", required::<ContactChannel>(request.channel));
    let (once, id, channel) = all!(fields, once, id, channel)?;
    let once = Once::new(call, "RecordChannelAnswer", once, &request);

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let now = api.base.clock.now();
    let answers = tx
        .count_answer(patient.id, channel, request.answered, now)
        .await?;
    tx.audit(audit::entry(
        call,
        "patient.channel_answered",
        patient.id,
        Some(patient.profile.clinic),
        json!({ "answered": request.answered }),
    ))
    .await?;
    let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let answer = pb::RecordChannelAnswerResponse {
        answered: count(answers.answered),
        ignored: count(answers.ignored),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
