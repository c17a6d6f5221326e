//! What nobody else cleans up: stored parts no row knows, and limits no one looks back to.

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

/// Sweeps until told to stop.
pub(crate) async fn run(vault: Vault, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EVERY))
        .await
        .is_some()
    {
        match sweep(&vault).await {
            Ok(Swept { parts: 0, .. }) => {}
            Ok(Swept { parts, .. }) => tracing::info!(parts, "parts nobody knew were deleted"),
            Err(error) => tracing::warn!(%error, "the sweep ended early"),
        }
    }
}

/// What one sweep threw away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Swept {
    pub(crate) parts: u64,
    pub(crate) limits: i64,
}

/// Looks once.
pub(crate) async fn sweep(vault: &Vault) -> Result<Swept, Error> {
    let mut swept = Swept {
        limits: vault.store.forget_spent().await?,
        ..Swept::default()
    };
    let oldest = vault.base.clock.now() - GRACE;
    let parts = vault.blobs.list();
    pin_mut!(parts);
    while let Some(part) = parts.try_next().await? {
        if part.stored_at > oldest {
            continue;
        }
        let place = part.address.context;
        let mut tx = vault
            .store
            .begin(&Scope::of_job(place.organization))
            .await?;
        let known = tx
            .knows_part(place.document, part.address.number, &part.address.salt)
            .await?;
        tx.commit().await?;
        if !known {
            vault.blobs.delete(&part.address).await?;
            swept.parts += 1;
        }
    }
    Ok(swept)
}
