//! UnmergePatients.

use super::{Api, merge_patients, note};
use crate::domain::{Change, HERE, unmerge};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UnmergePatientsRequest,
) -> Result<pb::UnmergePatientsResponse, Error> {
    let (id, duplicate_id) =
        merge_patients::read(&request.patient_id, &request.duplicate_patient_id)?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let (mut patient, mut duplicate) =
        merge_patients::both(&mut tx, id, duplicate_id, visible.as_deref()).await?;
    // What came from a duplicate is looked for in the record it went to, which must still have it.
    if patient.merged_into.is_some() {
        return Err(Error::PatientMerged);
    }
    let actor = note::actor(call);
    let stamp = api.stamp(&actor, HERE);
    let moved = tx
        .undo_merge(id, duplicate_id, &stamp)
        .await?
        .ok_or(Error::NotMerged)?;
    unmerge(&mut patient, &mut duplicate, moved, &stamp);
    let nothing = Change::default();
    tx.update_patients(&[(&patient, &nothing), (&duplicate, &nothing)])
        .await?;
    let details = json!({ "duplicate_patient_id": duplicate_id.to_string() });
    note::tell(&mut tx, call, "patient.unmerged", &patient, details).await?;
    tx.commit().await?;
    Ok(pb::UnmergePatientsResponse {
        patient: Some(patient.into()),
        duplicate: Some(duplicate.into()),
    })
}
