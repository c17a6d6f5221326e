//! GetClinicLogo.

use super::{Api, read};
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetClinicLogoRequest,
) -> Result<pb::GetClinicLogoResponse, Error> {
    let id = read::id(&request.clinic_id, "clinic_id")?;
    let mut tx = api.begin(call).await?;
    tx.clinic(id, false).await?.ok_or(Error::ClinicNotFound)?;
    let logo = tx.logo(id).await?;
    tx.commit().await?;
    Ok(pb::GetClinicLogoResponse {
        logo: logo.map(Into::into),
    })
}
