//! ListRecalls.

use super::super::mirror::along;
use super::super::read::{self, coded};
use super::super::{Api, convert};
use crate::domain::Code;
use crate::domain::visit::RecallStatus;
use crate::error::Error;
use crate::store::{KeptRecall, RecallFilter};
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use time::Date;
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListRecallsRequest,
) -> Result<pb::ListRecallsResponse, Error> {
    let day = |date: Option<&pb::Date>| {
        let date = date?;
        Some(format!("{}-{}-{}", date.year, date.month, date.day))
    };
    let list = Filter::of("ListRecalls", call.organization())
        .with(&request.clinic_id)
        .with(&request.patient_id)
        .with(day(request.due_from.as_ref()).unwrap_or_default())
        .with(day(request.due_before.as_ref()).unwrap_or_default())
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
    let date = |date: Option<&pb::Date>| date.map(read::date).transpose();
    let from = fields.take("due_from", date(request.due_from.as_ref()));
    let before = fields.take("due_before", date(request.due_before.as_ref()));
    let status = fields.take("status", coded::<RecallStatus>(request.status));
    let (size, after, clinic, patient, from, before, status) =
        all!(fields, size, after, clinic, patient, from, before, status)?;

    let mut tx = api.begin(call).await?;
    let along = along(&mut tx, call, clinic, patient).await?;
    let filter = RecallFilter {
        along,
        from,
        before,
        status,
        after: after.and_then(|key| read_key(&key)),
    };
    let mut recalls = tx.recalls(&filter, size).await?;
    let more = recalls.len() > size.rows();
    recalls.truncate(size.rows());
    tx.audit(audit::entry(
        call,
        "recall.listed",
        call.organization(),
        clinic,
        json!({ "rows": recalls.len() }),
    ))
    .await?;
    tx.commit().await?;
    let next = recalls.last().filter(|_| more).map(|last| {
        let key = key(last.recall.due_on, last.id.uuid());
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListRecallsResponse {
        recalls: recalls.into_iter().map(encode).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

fn encode(kept: KeptRecall) -> pb::Recall {
    let recall = kept.recall;
    pb::Recall {
        recall_id: kept.id.to_string(),
        external_id: Some(recall.external_id.into()),
        patient_id: recall.patient.to_string(),
        patient_external_id: None,
        clinic_id: recall.clinic.to_string(),
        kind: recall.kind,
        due_date: Some(convert::date(recall.due_on)),
        status: recall.status.code().into(),
        source_update_time: Some(to_timestamp(recall.changed_at)),
        update_time: Some(to_timestamp(kept.updated_at)),
    }
}

/// The key of a page: the day, then the identifier.
fn key(day: Date, id: Uuid) -> Vec<u8> {
    let mut key = day.to_julian_day().to_be_bytes().to_vec();
    key.extend_from_slice(id.as_bytes());
    key
}

fn read_key(key: &[u8]) -> Option<(Date, Uuid)> {
    let (day, id) = key.split_first_chunk()?;
    let day = Date::from_julian_day(i32::from_be_bytes(*day)).ok()?;
    Some((day, Uuid::from_slice(id).ok()?))
}
