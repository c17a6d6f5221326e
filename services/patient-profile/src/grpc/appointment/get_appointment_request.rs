//! GetAppointmentRequest.

use super::super::Api;
use super::convert;
use crate::error::Error;
use bitewing_core::AppointmentRequestId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetAppointmentRequestRequest,
) -> Result<pb::GetAppointmentRequestResponse, Error> {
    let id: AppointmentRequestId = field::id(&request.appointment_request_id)
        .map_err(|error| vec![Violation::new("appointment_request_id", error)])?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let wish = tx
        .wish(id, visible.as_deref())
        .await?
        .ok_or(Error::AppointmentRequestNotFound)?;
    tx.audit(audit::entry(
        call,
        "appointment_request.read",
        id,
        Some(wish.clinic),
        json!({}),
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::GetAppointmentRequestResponse {
        appointment_request: Some(convert::wish(wish)),
    })
}
