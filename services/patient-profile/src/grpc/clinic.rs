//! The clinic a patient is given.

use super::Api;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;
use std::time::Duration;

/// How often the feed is read before a clinic is called unknown, and how long each reading waits for
/// news: an event is told once every transaction begun before it has ended.
const READINGS: usize = 3;
const WAIT: Duration = Duration::from_millis(200);

/// The region of a clinic. One made a moment ago may not have arrived yet: the feed is read before the
/// clinic is called unknown.
pub(super) async fn region(api: &Api, call: &Call, clinic: ClinicId) -> Result<String, Error> {
    if let Some(region) = look_up(api, call, clinic).await? {
        return Ok(region);
    }
    for _ in 0..READINGS {
        if let Err(error) = api.clinics.run_within(WAIT).await {
            tracing::debug!(%error, "the clinics' feed cannot be read");
        }
        if let Some(region) = look_up(api, call, clinic).await? {
            return Ok(region);
        }
    }
    Err(Error::ClinicNotFound)
}

async fn look_up(api: &Api, call: &Call, clinic: ClinicId) -> Result<Option<String>, Error> {
    let mut tx = api.begin(call).await?;
    let region = tx.clinic_region(clinic).await?;
    tx.commit().await?;
    Ok(region)
}
