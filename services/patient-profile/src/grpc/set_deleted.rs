//! What DeletePatient and UndeletePatient share.

use super::{Api, note};
use crate::domain::{Change, Patient};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_rpc::{Call, Violation, field};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    id: &str,
    etag: &str,
    deleted: bool,
) -> Result<Patient, Error> {
    let id: PatientId = field::id(id).map_err(|error| vec![Violation::new("patient_id", error)])?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let mut patient = tx
        .patient(id, visible.as_deref(), true)
        .await?
        .ok_or(Error::PatientNotFound)?;
    if !patient.matches(etag) {
        return Err(Error::EtagMismatch);
    }
    if patient.set_deleted(deleted, api.base.clock.now()) {
        tx.update_patients(&[(&patient, &Change::default())])
            .await?;
        let event_type = if deleted {
            "patient.deleted"
        } else {
            "patient.undeleted"
        };
        note::tell(&mut tx, call, event_type, &patient, json!({})).await?;
    }
    tx.commit().await?;
    Ok(patient)
}
