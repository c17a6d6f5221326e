//! Which tokens are revoked, as this process knows it.

use super::Verified;
use bitewing_store::{Db, StoreError};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the list is read: a revocation holds everywhere a second after it was committed.
const PACE: Duration = Duration::from_secs(1);

/// The revoked tokens, sessions, users and API clients; kept in memory, so that a call costs no query.
///
/// Until the list was read once nobody is believed: a process that was just started must not let in
/// who was sent away. After that, a database that is down costs only revocations of that time.
#[derive(Debug, Clone)]
pub(crate) struct Denied {
    db: Db,
    known: Arc<RwLock<Option<HashSet<Uuid>>>>,
}

/// What the list says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Live,
    Revoked,
    /// The list was not read yet.
    Unknown,
}

impl Denied {
    pub(crate) fn new(db: Db) -> Self {
        Self {
            db,
            known: Arc::default(),
        }
    }

    /// Whether a token may be believed.
    pub(crate) fn judge(&self, token: &Verified) -> Verdict {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            None => Verdict::Unknown,
            Some(ids) if token.revocable().any(|id| ids.contains(&id)) => Verdict::Revoked,
            Some(_) => Verdict::Live,
        }
    }

    /// Whether the list was read.
    pub(crate) fn is_known(&self) -> bool {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Reads the list.
    pub(crate) async fn refresh(&self) -> Result<(), StoreError> {
        let ids = crate::store::revocations::live(&self.db).await?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(ids);
        Ok(())
    }

    /// Reads the list again after something was revoked here: this process knows at once, others
    /// within a second. Where it fails, the next reading makes up for it.
    pub(crate) async fn hasten(&self) {
        let _ = self.refresh().await;
    }

    /// Reads the list once a second until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut failing = false;
        loop {
            let outcome = self.refresh().await;
            if let (Err(error), false) = (&outcome, failing) {
                tracing::warn!(%error, "revocations cannot be read");
            }
            failing = outcome.is_err();
            let tick = tokio::time::sleep(PACE);
            if stop.run_until_cancelled(tick).await.is_none() {
                return;
            }
        }
    }
}
