//! What DeletePatient and UndeletePatient share.

use super::Api;
use crate::domain::Patient;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
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
        tx.update_patient(&patient).await?;
        let clinic = patient.profile.clinic;
        let event_type = if deleted {
            "patient.deleted"
        } else {
            "patient.undeleted"
        };
        tx.emit(Event {
            event_type,
            resource: id.to_string(),
            payload: json!({ "clinic_id": clinic.to_string() }),
        })
        .await?;
        tx.audit(audit::entry(call, event_type, id, Some(clinic), json!({})))
            .await?;
    }
    tx.commit().await?;
    Ok(patient)
}
