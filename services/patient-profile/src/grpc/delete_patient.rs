//! DeletePatient.

use super::{Api, set_deleted};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeletePatientRequest,
) -> Result<pb::DeletePatientResponse, Error> {
    let patient = set_deleted::run(api, call, &request.patient_id, &request.etag, true).await?;
    Ok(pb::DeletePatientResponse {
        patient: Some(patient.into()),
    })
}
