//! ListPatients.

use super::Api;
use crate::domain::ExternalId;
use crate::error::Error;
use crate::store::PatientFilter;
use bitewing_core::{ClinicId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

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
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
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
    let (size, before, clinic, updated_since, external_id) =
        all!(fields, size, before, clinic, since, external)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let filter = PatientFilter {
        visible,
        clinic,
        updated_since,
        external_id,
        show_deleted: request.show_deleted,
        before,
    };
    let mut patients = tx.patients(&filter, size).await?;
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
    tx.commit().await?;
    let next = patients.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(PatientId::uuid(last.id), &list));
    Ok(pb::ListPatientsResponse {
        patients: patients.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
