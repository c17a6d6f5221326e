//! GetClinic.

use super::{Api, read};
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetClinicRequest,
) -> Result<pb::GetClinicResponse, Error> {
    let id = read::id(&request.clinic_id, "clinic_id")?;
    let mut tx = api.begin(call).await?;
    let clinic = tx.clinic(id, false).await?.ok_or(Error::ClinicNotFound)?;
    tx.commit().await?;
    Ok(pb::GetClinicResponse {
        clinic: Some(clinic.into()),
    })
}
