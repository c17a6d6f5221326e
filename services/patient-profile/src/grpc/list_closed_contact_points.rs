//! ListClosedContactPoints.

use super::Api;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListClosedContactPointsRequest,
) -> Result<pb::ListClosedContactPointsResponse, Error> {
    let list = Filter::of("ListClosedContactPoints", call.organization()).with(&request.patient_id);
    let mut fields = Fields::new();
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let (id, size, before) = all!(fields, id, size, before)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let records = tx.records_of(patient.id).await?;
    let mut closed = tx.closed_points(&records, before, size.probe()).await?;
    let more = closed.len() > size.rows();
    closed.truncate(size.rows());
    let clinic = Some(patient.profile.clinic);
    let details = json!({ "rows": closed.len(), "in": "closed_contact_points" });
    tx.audit(audit::entry(
        call,
        "patient.read",
        patient.id,
        clinic,
        details,
    ))
    .await?;
    tx.commit().await?;
    let next = closed.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id, &list));
    Ok(pb::ListClosedContactPointsResponse {
        closed_contact_points: closed.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
