//! MergePatients.

use super::{Api, note};
use crate::domain::{Change, HERE, MergeError, Patient, merge};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use serde_json::json;
use uuid::Uuid;

impl From<MergeError> for Error {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Same => Self::SamePatient,
            MergeError::Merged => Self::PatientMerged,
            MergeError::Deleted => Self::PatientDeleted,
            MergeError::TooLarge => Self::MergeTooLarge,
        }
    }
}

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::MergePatientsRequest,
) -> Result<pb::MergePatientsResponse, Error> {
    let (id, duplicate_id) = read(&request.patient_id, &request.duplicate_patient_id)?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let (mut patient, mut duplicate) = both(&mut tx, id, duplicate_id, visible.as_deref()).await?;
    if duplicate.merged_into == Some(patient.id) {
        return Ok(pb::MergePatientsResponse {
            patient: Some(patient.into()),
        });
    }
    if !patient.matches(&request.etag) {
        return Err(Error::EtagMismatch);
    }
    let actor = note::actor(call);
    let stamp = api.stamp(&actor, HERE);
    let moved = merge(&mut patient, &mut duplicate, &stamp)?;
    let nothing = Change::default();
    tx.update_patients(&[(&patient, &nothing), (&duplicate, &nothing)])
        .await?;
    tx.insert_merge(id, duplicate_id, &moved, &stamp).await?;
    let details = json!({ "duplicate_patient_id": duplicate_id.to_string() });
    note::tell(&mut tx, call, "patient.merged", &patient, details).await?;
    tx.commit().await?;
    Ok(pb::MergePatientsResponse {
        patient: Some(patient.into()),
    })
}

/// Reads whose records are meant.
pub(super) fn read(patient: &str, duplicate: &str) -> Result<(PatientId, PatientId), Error> {
    let mut fields = Fields::new();
    let patient = fields.take("patient_id", field::id(patient));
    let duplicate = fields.take("duplicate_patient_id", field::id(duplicate));
    Ok(all!(fields, patient, duplicate)?)
}

/// Both records as they stand, kept from others in an order that lets nobody wait in a circle.
pub(super) async fn both(
    tx: &mut Tx,
    patient: PatientId,
    duplicate: PatientId,
    visible: Option<&[Uuid]>,
) -> Result<(Patient, Patient), Error> {
    tx.lock_patients(&[patient, duplicate]).await?;
    let first = tx.record(patient, visible, false).await?;
    let second = tx.record(duplicate, visible, false).await?;
    match (first, second) {
        (Some(first), Some(second)) => {
            if first.erased_at.is_some() || second.erased_at.is_some() {
                Err(Error::PatientErased)
            } else {
                Ok((first, second))
            }
        }
        _ => Err(Error::PatientNotFound),
    }
}
