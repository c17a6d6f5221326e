//! What nobody else looks after: stored parts no row knows, what is sealed under an older key, and
//! limits no one looks back to.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_auth::Scope;
use futures_util::{TryStreamExt as _, pin_mut};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked. Two processes that look at once do no harm.
const EVERY: Duration = Duration::from_hours(1);
/// A stored part younger than this may still be about to be committed.
const GRACE: time::Duration = time::Duration::hours(48);

/// What one sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Parts nobody knew, deleted.
    pub parts: u64,
    /// Documents sealed again under the newest key.
    pub resealed: u64,
    /// Limits nobody looks back to, forgotten.
    pub limits: u64,
}

/// Sweeps until told to stop.
pub(crate) async fn run(vault: Vault, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EVERY))
        .await
        .is_some()
    {
        match sweep(&vault).await {
            Ok(swept) => tracing::info!(?swept, "swept"),
            Err(error) => tracing::warn!(%error, "the sweep ended early"),
        }
    }
}

/// Walks over everything stored, once.
pub(crate) async fn sweep(vault: &Vault) -> Result<Swept, Error> {
    let mut swept = Swept {
        limits: vault.store.forget_spent().await?,
        ..Swept::default()
    };
    let oldest = vault.base.clock.now() - GRACE;
    let parts = vault.blobs.list();
    pin_mut!(parts);
    while let Some(part) = parts.try_next().await? {
        let (place, number) = (part.address.context, part.address.number);
        let mut tx = vault
            .store
            .begin(&Scope::of_job(place.organization))
            .await?;
        let known = tx
            .knows_part(place.document, number, &part.address.salt)
            .await?;
        // Every document has one first part, so each is looked at once.
        let resealed = known && number == 0 && tx.reseal_document(place.document).await?;
        tx.commit().await?;
        swept.resealed += u64::from(resealed);
        if !known && part.stored_at <= oldest {
            vault.blobs.delete(&part.address).await?;
            swept.parts += 1;
        }
    }
    Ok(swept)
}
