//! The clinic a document is given to.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;

/// Refuses an unknown clinic. One made a moment ago may not have arrived yet: the feed is read once
/// before the clinic is called unknown.
pub(super) async fn known_clinic(vault: &Vault, call: &Call, id: ClinicId) -> Result<(), Error> {
    if !call.caller.clinics.allow(id) {
        return Err(Error::ClinicNotFound);
    }
    if is_known(vault, call, id).await? {
        return Ok(());
    }
    if let Err(error) = vault.conversation.run_once().await {
        tracing::debug!(%error, "conversation's feed cannot be read");
    }
    if is_known(vault, call, id).await? {
        Ok(())
    } else {
        Err(Error::ClinicNotFound)
    }
}

async fn is_known(vault: &Vault, call: &Call, id: ClinicId) -> Result<bool, Error> {
    let mut tx = vault.begin(call).await?;
    let clinic = tx.clinic(id).await?;
    tx.commit().await?;
    Ok(clinic.is_some())
}
