//! ListConsents.

use super::super::Api;
use super::convert;
use crate::domain::consent::AddressHash;
use crate::error::Error;
use bitewing_core::{ConsentId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListConsentsRequest,
) -> Result<pb::ListConsentsResponse, Error> {
    let list = Filter::of("ListConsents", call.organization()).with(&request.patient_id);
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
    let addresses: Vec<(AddressHash, &str)> = patient
        .contact_points
        .iter()
        .map(|point| {
            let hash = api.hash_address(call.organization(), &point.address);
            (hash, point.address.value.as_str())
        })
        .collect();
    let hashes: Vec<AddressHash> = addresses.iter().map(|(hash, _)| *hash).collect();
    let mut statements = tx.list_statements(&records, &hashes, before, size).await?;
    let more = statements.len() > size.rows();
    statements.truncate(size.rows());
    tx.audit(audit::entry(
        call,
        "consent.listed",
        patient.id,
        Some(patient.profile.clinic),
        json!({ "rows": statements.len() }),
    ))
    .await?;
    tx.commit().await?;
    let next = statements.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(ConsentId::uuid(last.id), &list));
    let consents = statements.into_iter().map(|statement| {
        let hash = statement.address.map(|address| address.hash);
        let known = addresses.iter().find(|(known, _)| Some(*known) == hash);
        let address = known.map(|(_, value)| (*value).to_owned());
        // Who else has the address is not for this patient's list.
        let mut consent = convert::consent(statement, address);
        let own = records
            .iter()
            .any(|record| record.to_string() == consent.patient_id);
        if !own {
            consent.patient_id.clear();
        }
        consent
    });
    Ok(pb::ListConsentsResponse {
        consents: consents.collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
