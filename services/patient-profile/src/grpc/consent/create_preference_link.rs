//! CreatePreferenceLink.

use super::super::Api;
use crate::error::Error;
use crate::store::LinkPurpose;
use bitewing_core::{CapabilityToken, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;
use time::Duration;

/// CASL 11(2): whoever gets a message can unsubscribe for 60 days; a month more for late readers.
const LIFE: Duration = Duration::days(90);

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreatePreferenceLinkRequest,
) -> Result<pb::CreatePreferenceLinkResponse, Error> {
    let mut fields = Fields::new();
    let once = fields.take("request_id", field::request_id(&request.request_id));
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let (once, id) = all!(fields, once, id)?;
    let once = Once::new(call, "CreatePreferenceLink", once, &request);

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
    let expires_at = now + LIFE;
    let mint = || CapabilityToken::mint(call.organization(), &*api.base.entropy);
    let (page, click) = (mint(), mint());
    for (token, purpose) in [(&page, LinkPurpose::Page), (&click, LinkPurpose::OneClick)] {
        tx.add_preference_link(token, purpose, patient.id, now, expires_at)
            .await?;
    }
    let clinic = patient.profile.clinic;
    tx.emit(Event {
        event_type: "preference_link.created",
        resource: patient.id.to_string(),
        payload: json!({ "clinic_id": clinic.to_string() }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        "preference_link.created",
        patient.id,
        Some(clinic),
        json!({}),
    ))
    .await?;
    let origin = api.public_url.origin();
    let answer = pb::CreatePreferenceLinkResponse {
        // In the fragment, which no server and no log sees (W3C TAG, Capability URLs).
        url: format!("{origin}/preferences#{}", page.reveal().expose()),
        // A mail program can send it only as part of the path (RFC 8058 3.1).
        one_click_url: format!(
            "{origin}/preferences/unsubscribe/{}",
            click.reveal().expose()
        ),
        expire_time: Some(to_timestamp(expires_at)),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
