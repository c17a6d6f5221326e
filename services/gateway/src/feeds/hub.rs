//! Tells watchers that their organization's feed grew.

use crate::store::events;
use bitewing_core::OrganizationId;
use bitewing_store::Db;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How long another process's commits may go unnoticed: the feeds are merged by one process of many.
const PACE: Duration = Duration::from_secs(1);

/// One query a second serves every watcher of a process; what this process itself merged wakes them
/// at once.
#[derive(Debug, Clone)]
pub(crate) struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    merged: Notify,
    watched: Mutex<HashMap<OrganizationId, watch::Sender<i64>>>,
}

/// One who waits for an organization's feed to grow.
#[derive(Debug)]
pub(crate) struct Watch(watch::Receiver<i64>);

impl Watch {
    /// Forgets what happened until now: the caller reads the feed next.
    pub(crate) fn look(&mut self) {
        self.0.mark_unchanged();
    }

    /// Returns once the feed grew since the last look.
    pub(crate) async fn grown(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Hub {
    pub(crate) fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            merged: Notify::new(),
            watched: Mutex::default(),
        }))
    }

    /// Something was merged.
    pub(crate) fn wake(&self) {
        self.0.merged.notify_one();
    }

    /// Watches an organization's feed.
    pub(crate) fn watch(&self, organization: OrganizationId) -> Watch {
        let mut watched = self
            .0
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let sender = watched
            .entry(organization)
            .or_insert_with(|| watch::Sender::new(0));
        Watch(sender.subscribe())
    }

    /// Tells watchers until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.tell().await {
                tracing::warn!(%error, "the heads of feeds cannot be read");
            }
            let wait = tokio::time::timeout(PACE, self.0.merged.notified());
            let _ = stop.run_until_cancelled(wait).await;
        }
    }

    async fn tell(&self) -> Result<(), bitewing_store::StoreError> {
        let wanted: Vec<OrganizationId> = {
            let mut watched = self
                .0
                .watched
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            watched.retain(|_, sender| sender.receiver_count() > 0);
            watched.keys().copied().collect()
        };
        if wanted.is_empty() {
            return Ok(());
        }
        let heads = events::heads(&self.0.db, &wanted).await?;
        let watched = self
            .0
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (organization, head) in heads {
            if let Some(sender) = watched.get(&organization) {
                sender.send_if_modified(|known| std::mem::replace(known, head) != head);
            }
        }
        Ok(())
    }
}
