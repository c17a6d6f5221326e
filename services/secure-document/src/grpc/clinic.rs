//! The clinic a document is given to.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;
use std::time::Duration;

/// How often the feed is read before a clinic is called unknown, and how long each reading waits for
/// news: an event is told once every transaction begun before it has ended.
const READINGS: usize = 3;
const WAIT: Duration = Duration::from_millis(200);

/// Refuses an unknown clinic. One made a moment ago may not have arrived yet: the feed is read before
/// the clinic is called unknown.
pub(super) async fn known_clinic(vault: &Vault, call: &Call, id: ClinicId) -> Result<(), Error> {
    if !call.caller.clinics.allow(id) {
        return Err(Error::ClinicNotFound);
    }
    if is_known(vault, call, id).await? {
        return Ok(());
    }
    for _ in 0..READINGS {
        if let Err(error) = vault.news.run_within(WAIT).await {
            tracing::debug!(%error, "conversation's feed cannot be read");
        }
        if is_known(vault, call, id).await? {
            return Ok(());
        }
    }
    Err(Error::ClinicNotFound)
}

async fn is_known(vault: &Vault, call: &Call, id: ClinicId) -> Result<bool, Error> {
    let mut tx = vault.begin(call).await?;
    let clinic = tx.clinic(id).await?;
    tx.commit().await?;
    Ok(clinic.is_some())
}
