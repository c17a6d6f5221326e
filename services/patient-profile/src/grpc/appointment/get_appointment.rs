//! GetAppointment.

use super::super::Api;
use super::convert;
use crate::error::Error;
use bitewing_core::AppointmentId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetAppointmentRequest,
) -> Result<pb::GetAppointmentResponse, Error> {
    let id: AppointmentId = field::id(&request.appointment_id)
        .map_err(|error| vec![Violation::new("appointment_id", error)])?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let visit = tx
        .visit(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::AppointmentNotFound)?;
    tx.audit(audit::entry(
        call,
        "appointment.read",
        id,
        Some(visit.visit.clinic),
        json!({}),
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::GetAppointmentResponse {
        appointment: Some(convert::visit(visit)),
    })
}
