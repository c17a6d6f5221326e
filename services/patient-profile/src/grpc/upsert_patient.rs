//! UpsertPatient: the dental system's id decides.

use super::{Api, clinic, read};
use crate::domain::{Patient, Profile};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpsertPatientRequest,
) -> Result<pb::UpsertPatientResponse, Error> {
    let home = read::clinic(request.patient.as_ref())?;
    let region = clinic::region(api, call, home).await?;
    let profile = read::profile(&request.patient.unwrap_or_default(), home, &region)?;
    let [external_id] = profile.external_ids.as_slice() else {
        return Err(vec![Violation::new(
            "patient.external_ids",
            "must be exactly one",
        )]
        .into());
    };

    let mut tx = api.begin(call).await?;
    let known = tx.patient_of(external_id).await?;
    let (patient, created) = match known {
        None => (begin(api, &mut tx, profile).await?, true),
        Some(id) => (change(api, call, &mut tx, id, profile).await?, false),
    };
    let (event_type, details) = if created {
        ("patient.created", json!({}))
    } else {
        ("patient.updated", json!({"by": "upsert"}))
    };
    tx.emit(Event {
        event_type,
        resource: patient.id.to_string(),
        payload: json!({ "clinic_id": home.to_string() }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        event_type,
        patient.id,
        Some(home),
        details,
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::UpsertPatientResponse {
        patient: Some(patient.into()),
        created,
    })
}

async fn begin(api: &Api, tx: &mut Tx, profile: Profile) -> Result<Patient, Error> {
    let id = PatientId::from_uuid(api.base.ids.next());
    let patient = Patient::begin(id, profile, api.base.clock.now());
    tx.insert_patient(&patient).await?;
    Ok(patient)
}

/// Replaces what the dental system knows; identifiers of other systems stay.
async fn change(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    id: PatientId,
    mut profile: Profile,
) -> Result<Patient, Error> {
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let mut patient = tx
        .patient(id, visible.as_deref(), true)
        .await?
        .ok_or(Error::ExternalIdTaken)?;
    profile
        .external_ids
        .clone_from(&patient.profile.external_ids);
    if patient.change(profile, api.base.clock.now()) {
        tx.update_patient(&patient).await?;
    }
    Ok(patient)
}
