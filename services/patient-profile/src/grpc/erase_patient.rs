//! ErasePatient.

use super::{Api, export, note};
use crate::domain::{Erasure, KeptKey, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{OrganizationId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{id, text, to_timestamp};
use bitewing_rpc::{Call, Fields, all};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ErasePatientRequest,
) -> Result<pb::ErasePatientResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("patient_id", id::<PatientId>(&request.patient_id));
    let reason = fields.take("reason", text(&request.reason, 1..=200));
    let (id, reason) = all!(fields, id, reason)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    // The whole person at once: nobody may add to a record that is about to be empty.
    let ids = tx.records_of(id).await?;
    tx.lock_patients(&ids).await?;
    let patient = tx.record(id, visible.as_deref(), false).await?;
    let patient = patient.ok_or(Error::PatientNotFound)?;
    if let Some(erasure) = tx.erasure(id, visible.as_deref()).await? {
        return Ok(answer(erasure));
    }
    if patient.merged_into.is_some() {
        return Err(Error::PatientMerged);
    }
    if !patient.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    let erasure = erase(api, call, &mut tx, &patient, (ids, reason)).await?;
    let details = json!({
        "reason": erasure.reason,
        "content_hash": hex(&erasure.content_hash),
        "merged_patient_ids": erasure.merged.iter().map(PatientId::to_string).collect::<Vec<_>>(),
    });
    note::tell(&mut tx, call, "patient.erased", &patient, details).await?;
    tx.commit().await?;
    Ok(answer(erasure))
}

async fn erase(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    patient: &Patient,
    (ids, reason): (Vec<PatientId>, String),
) -> Result<Erasure, Error> {
    let content = export::content(tx, patient).await?.to_string();
    let mut records = tx.patients_by_ids(&ids, None).await?;
    let kept = kept(api, call.organization(), &records);
    let now = api.base.clock.now();
    let erased = tx.erase_records(&mut records, now).await?;
    tx.keep_keys(patient.id, &kept).await?;
    let erasure = Erasure {
        patient: patient.id,
        clinic: patient.profile.clinic,
        merged: ids.into_iter().filter(|id| *id != patient.id).collect(),
        at: now,
        by: note::actor(call),
        reason,
        erased,
        kept_hashes: u32::try_from(kept.len()).unwrap_or(u32::MAX),
        content_hash: api
            .base
            .pepper
            .mac("erasure", &[content.as_bytes()])
            .to_vec(),
    };
    tx.insert_erasure(&erasure).await?;
    Ok(erasure)
}

/// What must outlive the person: identifiers, so that the dental system's next import does not bring the
/// record back, and the addresses of somebody who was not to be contacted.
fn kept(api: &Api, organization: OrganizationId, records: &[Patient]) -> Vec<(KeptKey, [u8; 32])> {
    let silent = records.iter().any(|record| record.profile.do_not_contact);
    let mut kept: Vec<(KeptKey, [u8; 32])> = Vec::new();
    for record in records {
        for id in &record.profile.external_ids {
            kept.push((KeptKey::ExternalId, api.hash_external_id(organization, id)));
        }
        for point in record.contact_points.iter().filter(|_| silent) {
            let hash = (
                KeptKey::Address,
                api.hash_address(organization, &point.address),
            );
            if !kept.contains(&hash) {
                kept.push(hash);
            }
        }
    }
    kept
}

fn answer(erasure: Erasure) -> pb::ErasePatientResponse {
    pb::ErasePatientResponse {
        erasure: Some(erasure.into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl From<Erasure> for pb::Erasure {
    fn from(erasure: Erasure) -> Self {
        let rows = |(table, rows): (String, u64)| pb::ErasedRows {
            table,
            rows: i32::try_from(rows).unwrap_or(i32::MAX),
        };
        Self {
            patient_id: erasure.patient.to_string(),
            merged_patient_ids: erasure.merged.iter().map(PatientId::to_string).collect(),
            erase_time: Some(to_timestamp(erasure.at)),
            erased_by: erasure.by,
            reason: erasure.reason,
            erased: erasure.erased.into_iter().map(rows).collect(),
            kept_hashes: i32::try_from(erasure.kept_hashes).unwrap_or(i32::MAX),
            content_hash: hex(&erasure.content_hash),
        }
    }
}
