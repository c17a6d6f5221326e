//! BatchUpsertAppointments.

use super::super::Api;
use super::super::mirror::{check_size, result, take};
use super::mirrored;
use crate::domain::visit::Visit;
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::BatchUpsertAppointmentsRequest,
) -> Result<pb::BatchUpsertAppointmentsResponse, Error> {
    check_size("appointments", request.appointments.len())?;
    let now = api.base.clock.now();
    let rows = request.appointments.iter();
    let drafts = rows.map(|row| mirrored::read(row, "", now)).collect();
    let taken = take::<Visit>(api, call, drafts).await?;
    Ok(pb::BatchUpsertAppointmentsResponse {
        results: taken.into_iter().map(result::<Visit>).collect(),
    })
}
