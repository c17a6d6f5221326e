//! CreatePatient.

use super::{Api, clinic, note, read, related};
use crate::domain::{HERE, Patient};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::Once;
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
    let draft = read::draft(&request.patient.unwrap_or_default(), home, &region)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    related::check(&mut tx, None, None, &draft.profile, visible.as_deref()).await?;
    let id = PatientId::from_uuid(api.base.ids.next());
    let actor = note::actor(call);
    let patient = Patient::begin(id, draft, &api.stamp(&actor, HERE));
    tx.insert_patients(std::slice::from_ref(&patient)).await?;
    note::tell(&mut tx, call, "patient.created", &patient, json!({})).await?;
    let answer = pb::CreatePatientResponse {
        patient: Some(patient.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
