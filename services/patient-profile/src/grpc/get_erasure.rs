//! GetErasure.

use super::Api;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Violation, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetErasureRequest,
) -> Result<pb::GetErasureResponse, Error> {
    let id: PatientId = field::id(&request.patient_id)
        .map_err(|error| vec![Violation::new("patient_id", error)])?;
    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let erasure = tx.erasure(id, visible.as_deref()).await?;
    tx.commit().await?;
    Ok(pb::GetErasureResponse {
        erasure: Some(erasure.ok_or(Error::ErasureNotFound)?.into()),
    })
}
