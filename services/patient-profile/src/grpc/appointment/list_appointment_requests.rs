//! ListAppointmentRequests.

use super::super::Api;
use super::super::read::coded;
use super::convert;
use crate::domain::visit::WishState;
use crate::error::Error;
use crate::store::narrow;
use bitewing_core::{AppointmentRequestId, ClinicId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListAppointmentRequestsRequest,
) -> Result<pb::ListAppointmentRequestsResponse, Error> {
    let list = Filter::of("ListAppointmentRequests", call.organization())
        .with(&request.clinic_id)
        .with(request.state.to_be_bytes());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let state = fields.take("state", coded::<WishState>(request.state));
    let (size, before, clinic, state) = all!(fields, size, before, clinic, state)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let clinics = narrow(visible, clinic);
    let mut wishes = tx.wishes(clinics.as_deref(), state, before, size).await?;
    let more = wishes.len() > size.rows();
    wishes.truncate(size.rows());
    tx.audit(audit::entry(
        call,
        "appointment_request.listed",
        call.organization(),
        clinic,
        json!({ "rows": wishes.len() }),
    ))
    .await?;
    tx.commit().await?;
    let next = wishes.last().filter(|_| more);
    let next = next.map(|last| {
        let last = AppointmentRequestId::uuid(last.id);
        api.base.page_tokens.write(last, &list)
    });
    Ok(pb::ListAppointmentRequestsResponse {
        appointment_requests: wishes.into_iter().map(convert::wish).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
