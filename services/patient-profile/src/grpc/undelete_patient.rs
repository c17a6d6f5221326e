//! UndeletePatient.

use super::{Api, set_deleted};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UndeletePatientRequest,
) -> Result<pb::UndeletePatientResponse, Error> {
    let patient = set_deleted::run(api, call, &request.patient_id, "", false).await?;
    Ok(pb::UndeletePatientResponse {
        patient: Some(patient.into()),
    })
}
