//! SetClinicLogo.

use super::{Api, note, read};
use crate::domain::Logo;
use crate::error::Error;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Violation};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SetClinicLogoRequest,
) -> Result<pb::SetClinicLogoResponse, Error> {
    let id = read::id(&request.clinic_id, "clinic_id")?;
    let wanted = Some(request.image)
        .filter(|image| !image.is_empty())
        .map(Logo::parse)
        .transpose()
        .map_err(|error| vec![Violation::new("image", error)])?;

    let mut tx = api.begin(call).await?;
    tx.clinic(id, true).await?.ok_or(Error::ClinicNotFound)?;
    // What is as it was is not told again.
    if tx.logo(id).await? != wanted {
        match &wanted {
            Some(logo) => tx.put_logo(id, logo).await?,
            None => tx.remove_logo(id).await?,
        }
        note::logo(&mut tx, call, id, wanted.as_ref()).await?;
    }
    tx.commit().await?;
    Ok(pb::SetClinicLogoResponse {
        logo: wanted.map(Into::into),
    })
}
