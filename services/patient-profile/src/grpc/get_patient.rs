//! GetPatient.

use super::Api;
use crate::error::Error;
use bitewing_core::{Language, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetPatientRequest,
) -> Result<pb::GetPatientResponse, Error> {
    let id: PatientId = field::id(&request.patient_id)
        .map_err(|error| vec![Violation::new("patient_id", error)])?;
    let mut tx = api.begin(call).await?;
    let settings = tx.settings().await?;
    let visible = settings.visibility.filter(&call.caller.clinics);
    let mut patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let clinic = Some(patient.profile.clinic);
    let details = if patient.profile.sensitive {
        json!({ "sensitive": true })
    } else {
        json!({})
    };
    tx.audit(audit::entry(
        call,
        "patient.read",
        patient.id,
        clinic,
        details,
    ))
    .await?;
    tx.commit().await?;
    let default: Language = settings.default_language;
    patient.profile.language = patient.profile.language.or(Some(default));
    Ok(pb::GetPatientResponse {
        patient: Some(patient.into()),
    })
}
