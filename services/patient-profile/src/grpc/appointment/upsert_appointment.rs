//! UpsertAppointment: a batch of one.

use super::super::Api;
use super::super::mirror::{Taken, outcome, take};
use super::{convert, mirrored};
use crate::error::Error;
use bitewing_core::AppointmentId;
use bitewing_proto::patient as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Violation};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpsertAppointmentRequest,
) -> Result<pb::UpsertAppointmentResponse, Error> {
    let sent = request
        .appointment
        .ok_or_else(|| vec![Violation::new("appointment", FieldError::Required)])?;
    let draft = mirrored::read(&sent, "appointment.", api.base.clock.now())?;
    let taken = take(api, call, vec![Ok(draft)]).await?.pop();
    let (id, what) = match taken {
        Some(Taken::Done(id, what)) => (AppointmentId::from_uuid(id), what),
        Some(Taken::Failed(error)) => return Err(error),
        None => return Err(Error::AppointmentNotFound),
    };
    let mut tx = api.begin(call).await?;
    let visit = tx.visit(id, None, false).await?;
    tx.commit().await?;
    Ok(pb::UpsertAppointmentResponse {
        appointment: visit.map(convert::visit),
        outcome: outcome(what).into(),
    })
}
