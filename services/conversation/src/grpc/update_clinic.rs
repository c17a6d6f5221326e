//! UpdateClinic.

use super::{Api, convert_mask, note, read};
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateClinicRequest,
) -> Result<pb::UpdateClinicResponse, Error> {
    let sent = request.clinic.unwrap_or_default();
    let id = read::id(&sent.clinic_id, "clinic.clinic_id")?;
    let mask = convert_mask::read(request.update_mask, &sent)?;

    let mut tx = api.begin(call).await?;
    let mut clinic = tx.clinic(id, true).await?.ok_or(Error::ClinicNotFound)?;
    if !clinic.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let merged = convert_mask::merge(clinic.clone().into(), &sent, &mask);
    if clinic.change(read::clinic(&merged)?, api.base.clock.now()) {
        tx.update_clinic(&clinic).await?;
        note::clinic(&mut tx, call, "clinic.updated", &clinic).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateClinicResponse {
        clinic: Some(clinic.into()),
    })
}
