//! ListAppointments.

use super::super::Api;
use super::super::mirror::along;
use super::super::moment;
use super::super::read::coded;
use super::convert;
use crate::domain::visit::VisitStatus;
use crate::error::Error;
use crate::store::VisitFilter;
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListAppointmentsRequest,
) -> Result<pb::ListAppointmentsResponse, Error> {
    let time = |time: Option<prost_types::Timestamp>| time.map(|time| time.to_string());
    let list = Filter::of("ListAppointments", call.organization())
        .with(&request.clinic_id)
        .with(&request.patient_id)
        .with(time(request.start_from).unwrap_or_default())
        .with(time(request.start_before).unwrap_or_default())
        .with(request.status.to_be_bytes());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let after = fields.take(
        "page_token",
        api.base.page_tokens.read_bytes(&request.page_token, &list),
    );
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let patient = fields.take(
        "patient_id",
        field::optional_id::<PatientId>(&request.patient_id),
    );
    let from = fields.take("start_from", moment::optional(request.start_from));
    let before = fields.take("start_before", moment::optional(request.start_before));
    let status = fields.take("status", coded::<VisitStatus>(request.status));
    let (size, after, clinic, patient, from, before, status) =
        all!(fields, size, after, clinic, patient, from, before, status)?;

    let mut tx = api.begin(call).await?;
    let along = along(&mut tx, call, clinic, patient).await?;
    let filter = VisitFilter {
        along,
        from,
        before,
        status,
        after: after.and_then(|key| read_key(&key)),
    };
    let mut visits = tx.visits(&filter, size).await?;
    let more = visits.len() > size.rows();
    visits.truncate(size.rows());
    tx.audit(audit::entry(
        call,
        "appointment.listed",
        call.organization(),
        clinic,
        json!({ "rows": visits.len() }),
    ))
    .await?;
    tx.commit().await?;
    let next = visits.last().filter(|_| more).map(|last| {
        let key = key(last.visit.starts_at, last.id.uuid());
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListAppointmentsResponse {
        appointments: visits.into_iter().map(convert::visit).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// The key of a page: the beginning, then the identifier.
fn key(starts_at: OffsetDateTime, id: Uuid) -> Vec<u8> {
    let mut key = starts_at.unix_timestamp_nanos().to_be_bytes().to_vec();
    key.extend_from_slice(id.as_bytes());
    key
}

fn read_key(key: &[u8]) -> Option<(OffsetDateTime, Uuid)> {
    let (at, id) = key.split_first_chunk()?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from_be_bytes(*at)).ok()?;
    Some((at, Uuid::from_slice(id).ok()?))
}
