//! ListPatients.

use super::{Api, note, page_key};
use crate::domain::{ExternalId, Patient};
use crate::error::Error;
use crate::store::{Changed, Tx, narrow};
use bitewing_core::{ClinicId, PageSize, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

struct Wanted {
    clinics: Option<Vec<Uuid>>,
    since: Option<OffsetDateTime>,
    external_id: Option<ExternalId>,
    show_deleted: bool,
    behind: Option<Vec<u8>>,
    size: PageSize,
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListPatientsRequest,
) -> Result<pb::ListPatientsResponse, Error> {
    let list = Filter::of("ListPatients", call.organization())
        .with(&request.clinic_id)
        .with(&request.external_id)
        .with([u8::from(request.show_deleted)])
        .with(
            request
                .updated_since
                .map(|time| time.to_string())
                .unwrap_or_default(),
        );
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let behind = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let behind = fields.take("page_token", behind);
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let since = request.updated_since.map(field::timestamp).transpose();
    let since = fields.take("updated_since", since);
    let external = Some(&request.external_id).filter(|pair| !pair.is_empty());
    let external = external
        .map(|pair| ExternalId::parse_pair(pair))
        .transpose();
    let external = fields.take("external_id", external);
    let (size, behind, clinic, since, external_id) =
        all!(fields, size, behind, clinic, since, external)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let wanted = Wanted {
        clinics: narrow(visible, clinic),
        since,
        external_id,
        show_deleted: request.show_deleted,
        behind,
        size,
    };
    let mut patients = page(&mut tx, &wanted).await?;
    let more = patients.len() > size.rows();
    patients.truncate(size.rows());
    let details = json!({ "rows": patients.len() });
    tx.audit(audit::entry(
        call,
        "patient.listed",
        call.organization(),
        clinic,
        details,
    ))
    .await?;
    note::read_in_list(&mut tx, call, &patients, "list").await?;
    tx.commit().await?;
    let next = patients.last().filter(|_| more).map(|last| {
        let key = match wanted.since {
            Some(_) => page_key::changed(last),
            None => last.id.uuid().as_bytes().to_vec(),
        };
        api.base.page_tokens.write_bytes(&key, &list)
    });
    Ok(pb::ListPatientsResponse {
        patients: patients.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// One page and one more, along the index that fits what is asked.
async fn page(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<Patient>, Error> {
    let clinics = wanted.clinics.as_deref();
    if let Some(external_id) = &wanted.external_id {
        let id = tx.patient_of(external_id).await?;
        let id: Vec<_> = id.into_iter().collect();
        let mut found = tx.patients_by_ids(&id, clinics).await?;
        found.retain(|patient| {
            (wanted.show_deleted || patient.deleted_at.is_none())
                && wanted.since.is_none_or(|since| patient.updated_at >= since)
                && wanted.behind.is_none()
        });
        return Ok(found);
    }
    let (deleted, limit) = (wanted.show_deleted, wanted.size.probe());
    let behind = wanted.behind.as_deref();
    let ids: Vec<PatientId> = if let Some(since) = wanted.since {
        let behind: Option<Changed> = behind.and_then(page_key::read_changed);
        tx.changed_patients(clinics, deleted, since, behind, limit)
            .await?
    } else {
        let before = behind.and_then(|key| Uuid::from_slice(key).ok());
        tx.newest_patients(clinics, deleted, before, limit).await?
    };
    tx.patients_by_ids(&ids, None).await
}
