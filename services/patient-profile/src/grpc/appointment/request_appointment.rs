//! RequestAppointment.

use super::super::{Api, clinic, moment};
use super::{convert, wish};
use crate::domain::visit::{Wish, WishKind, WishState, waits_until};
use crate::error::Error;
use bitewing_core::{AppointmentRequestId, ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RequestAppointmentRequest,
) -> Result<pb::RequestAppointmentResponse, Error> {
    let now = api.base.clock.now();
    let mut fields = Fields::new();
    let once = fields.take("request_id", field::request_id(&request.request_id));
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let earliest = fields.take("earliest_time", moment::optional(request.earliest_time));
    let latest = fields.take("latest_time", moment::optional(request.latest_time));
    if let Some(Some(latest)) = latest
        && !(latest > now && earliest.flatten().is_none_or(|earliest| latest > earliest))
    {
        fields.note(
            "latest_time",
            "must be in the future and after earliest_time",
        );
    }
    let note = fields.take("note", field::text(&request.note, 0..=500));
    let (once, id, clinic, earliest, latest, note) =
        all!(fields, once, id, clinic, earliest, latest, note)?;
    let once = Once::new(call, "RequestAppointment", once, &request);
    if let Some(clinic) = clinic {
        clinic::region(api, call, clinic).await?;
    }

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let wish = Wish {
        id: AppointmentRequestId::from_uuid(api.base.ids.next()),
        kind: WishKind::Book,
        patient: patient.id,
        clinic: clinic.unwrap_or(patient.profile.clinic),
        visit: None,
        earliest: Some(earliest.unwrap_or(now)),
        latest,
        note,
        state: WishState::Requested,
        reason: String::new(),
        created_at: now,
        resolved_at: None,
        expires_at: Some(waits_until(now, latest)),
    };
    wish::begin(call, &mut tx, &wish).await?;
    let answer = pb::RequestAppointmentResponse {
        appointment_request: Some(convert::wish(wish)),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
