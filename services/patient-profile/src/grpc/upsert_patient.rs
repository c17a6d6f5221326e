//! UpsertPatient: the dental system's id decides.

use super::{Api, clinic, convert_mask, note, read, related};
use crate::domain::{Change, Draft, ExternalId, Field, KeptKey, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpsertPatientRequest,
) -> Result<pb::UpsertPatientResponse, Error> {
    let home = read::clinic(request.patient.as_ref())?;
    let region = clinic::region(api, call, home).await?;
    let sent = request.patient.unwrap_or_default();
    let mut mask = convert_mask::read(request.update_mask, &sent)?;
    // Identifiers of other systems are not the dental system's to take away.
    mask.retain(|field| *field != Field::ExternalIds);
    let draft = read::draft(&sent, home, &region)?;
    let [external_id] = draft.profile.external_ids.clone().try_into().map_err(|_| {
        let wrong = Violation::new("patient.external_ids", "must be exactly one");
        Error::Invalid(vec![wrong])
    })?;

    let mut tx = api.begin(call).await?;
    let (patient, created) = match tx.patient_of(&external_id).await? {
        None => (begin(api, call, &mut tx, draft, &external_id).await?, true),
        Some(id) => {
            let source = external_id.system.as_str();
            let patient = change(api, call, &mut tx, id, (draft, &mask, source)).await?;
            (patient, false)
        }
    };
    tx.commit().await?;
    Ok(pb::UpsertPatientResponse {
        patient: Some(patient.into()),
        created,
    })
}

async fn begin(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    draft: Draft,
    external_id: &ExternalId,
) -> Result<Patient, Error> {
    let hash = api.hash_external_id(call.organization(), external_id);
    let kept = tx.kept_keys(KeptKey::ExternalId, &[hash.to_vec()]).await?;
    if !kept.is_empty() {
        return Err(Error::PatientErased);
    }
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    related::check(tx, None, None, &draft.profile, visible.as_deref()).await?;
    let id = PatientId::from_uuid(api.base.ids.next());
    let actor = note::actor(call);
    let patient = Patient::begin(id, draft, &api.stamp(&actor, &external_id.system));
    tx.insert_patients(std::slice::from_ref(&patient)).await?;
    note::tell(tx, call, "patient.created", &patient, json!({})).await?;
    Ok(patient)
}

/// Replaces what was sent and keeps the rest.
async fn change(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    id: PatientId,
    (sent, mask, source): (Draft, &[Field], &str),
) -> Result<Patient, Error> {
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let mut patient = tx
        .patient(id, visible.as_deref(), true)
        .await?
        .ok_or(Error::ExternalIdTaken)?;
    let mut draft = patient.draft();
    for field in mask {
        draft.take(*field, &sent);
    }
    let (before, after) = (Some(&patient.profile), &draft.profile);
    related::check(tx, Some(patient.id), before, after, visible.as_deref()).await?;
    let actor = note::actor(call);
    if let Some(change) = patient.change(draft, &api.stamp(&actor, source)) {
        write(call, tx, &patient, &change).await?;
    }
    Ok(patient)
}

async fn write(call: &Call, tx: &mut Tx, patient: &Patient, change: &Change) -> Result<(), Error> {
    tx.update_patients(&[(patient, change)]).await?;
    let details = json!({ "fields": change.names(), "by": "upsert" });
    note::tell(tx, call, "patient.updated", patient, details).await
}
