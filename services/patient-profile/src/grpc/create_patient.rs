//! CreatePatient.

use super::{Api, clinic, read};
use crate::domain::Patient;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreatePatientRequest,
) -> Result<pb::CreatePatientResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreatePatient", id, &request);
    let home = read::clinic(request.patient.as_ref())?;
    let region = clinic::region(api, call, home).await?;
    let profile = read::profile(&request.patient.unwrap_or_default(), home, &region)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let patient = Patient::begin(
        PatientId::from_uuid(api.base.ids.next()),
        profile,
        api.base.clock.now(),
    );
    tx.insert_patient(&patient).await?;
    tx.emit(Event {
        event_type: "patient.created",
        resource: patient.id.to_string(),
        payload: json!({ "clinic_id": home.to_string() }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        "patient.created",
        patient.id,
        Some(home),
        json!({}),
    ))
    .await?;
    let answer = pb::CreatePatientResponse {
        patient: Some(patient.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
