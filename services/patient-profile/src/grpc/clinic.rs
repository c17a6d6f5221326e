//! The clinic a patient is given.

use super::Api;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;

/// The region of a clinic. One made a moment ago may not have arrived yet: the feed is read once
/// before the clinic is called unknown.
pub(super) async fn region(api: &Api, call: &Call, clinic: ClinicId) -> Result<String, Error> {
    if let Some(region) = look_up(api, call, clinic).await? {
        return Ok(region);
    }
    if let Err(error) = api.clinics.run_once().await {
        tracing::debug!(%error, "the clinics' feed cannot be read");
    }
    look_up(api, call, clinic)
        .await?
        .ok_or(Error::ClinicNotFound)
}

async fn look_up(api: &Api, call: &Call, clinic: ClinicId) -> Result<Option<String>, Error> {
    let mut tx = api.begin(call).await?;
    let region = tx.clinic_region(clinic).await?;
    tx.commit().await?;
    Ok(region)
}
