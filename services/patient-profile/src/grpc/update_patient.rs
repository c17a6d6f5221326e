//! UpdatePatient.

use super::{Api, clinic, convert_mask, note, read, related};
use crate::domain::HERE;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdatePatientRequest,
) -> Result<pb::UpdatePatientResponse, Error> {
    let sent = request.patient.unwrap_or_default();
    let id: PatientId = field::id(&sent.patient_id)
        .map_err(|error| vec![Violation::new("patient.patient_id", error)])?;
    let mask = convert_mask::read(request.update_mask, &sent)?;

    // The clinic tells how numbers are read: known before the transaction that writes.
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let current = tx.patient(id, visible.as_deref(), false).await?;
    let current = current
        .filter(|patient| patient.deleted_at.is_none())
        .ok_or(Error::PatientNotFound)?;
    tx.commit().await?;
    let merged = convert_mask::merge(current.into(), &sent, &mask);
    let home = read::clinic(Some(&merged))?;
    let region = clinic::region(api, call, home).await?;
    let draft = read::draft(&merged, home, &region)?;

    let mut tx = api.begin(call).await?;
    let mut patient = tx
        .patient(id, visible.as_deref(), true)
        .await?
        .ok_or(Error::PatientNotFound)?;
    if !patient.matches(&sent.etag) || patient.etag() != merged.etag {
        return Err(Error::EtagMismatch);
    }
    let (before, after) = (Some(&patient.profile), &draft.profile);
    related::check(&mut tx, Some(patient.id), before, after, visible.as_deref()).await?;
    let actor = note::actor(call);
    if let Some(change) = patient.change(draft, &api.stamp(&actor, HERE)) {
        tx.update_patients(&[(&patient, &change)]).await?;
        let details = json!({ "fields": change.names() });
        note::tell(&mut tx, call, "patient.updated", &patient, details).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdatePatientResponse {
        patient: Some(patient.into()),
    })
}
