//! CancelAppointment.

use super::super::Api;
use super::{convert, wish};
use crate::domain::visit::WishKind;
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CancelAppointmentRequest,
) -> Result<pb::CancelAppointmentResponse, Error> {
    let (id, note) = (&request.appointment_id, &request.note);
    let wish = wish::about(api, call, id, note, WishKind::Cancel).await?;
    Ok(pb::CancelAppointmentResponse {
        appointment_request: Some(convert::wish(wish)),
    })
}
