//! How many downloads of a link run at once, over all instances.

use crate::error::Error;
use crate::vault::Vault;
use bitewing_auth::Scope;
use bitewing_core::LinkId;
use std::time::Duration;
use uuid::Uuid;

/// Downloads of one link at the same time: a browser that resumes while the broken connection has not
/// been noticed yet needs two.
const PER_LINK: i64 = 2;

/// The place of one download: a row that is renewed while bytes flow, and deleted when dropped. What
/// nobody renews, because its process died, is free soon.
pub(crate) struct Place {
    vault: Vault,
    scope: Scope,
    id: Uuid,
}

impl Place {
    /// Takes a place, if one is free.
    pub(crate) async fn enter(vault: &Vault, scope: &Scope, link: LinkId) -> Result<Self, Error> {
        let id = vault.base.ids.next();
        let lease = lease(vault.patience);
        let mut tx = vault.store.begin(scope).await?;
        let entered = tx.enter_download(link, id, PER_LINK, lease).await?;
        tx.commit().await?;
        if entered {
            Ok(Self {
                vault: vault.clone(),
                scope: *scope,
                id,
            })
        } else {
            Err(Error::TooManyDownloads)
        }
    }

    /// Renews the place; `false` where it was given to somebody else meanwhile.
    pub(super) async fn keep(&self) -> Result<bool, Error> {
        let mut tx = self.vault.store.begin(&self.scope).await?;
        let kept = tx.keep_download(self.id).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// How long a piece may take to be taken.
    pub(super) const fn patience(&self) -> Duration {
        self.vault.patience
    }
}

/// A place outlives one piece that takes all its time.
fn lease(patience: Duration) -> Duration {
    patience + patience / 2
}

impl Drop for Place {
    fn drop(&mut self) {
        let (vault, scope, id) = (self.vault.clone(), self.scope, self.id);
        tokio::spawn(async move {
            let left = async {
                let mut tx = vault.store.begin(&scope).await?;
                tx.leave_download(id).await?;
                tx.commit().await
            };
            if let Err(error) = left.await {
                tracing::warn!(%error, "a download's place was not given back and will be free soon");
            }
        });
    }
}
