//! What an event of a service's feed does here: it is appended to its organization's.

use super::Hub;
use crate::domain::event;
use crate::store::events;
use async_trait::async_trait;
use bitewing_core::Clock;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, EventSource, FeedEvent, SourceError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Appends.
pub(super) struct Merge(pub(super) Arc<dyn Clock>);

#[async_trait]
impl EventHandler for Merge {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        let clinics = event::clinics(&event.resource, &event.payload)
            .map_err(|_| EventError::poison("MALFORMED_CLINIC"))?;
        Ok(events::append(tx, event, &clinics, self.0.now()).await?)
    }
}

/// A feed that wakes watchers: when a consumer asks for more, what it got before is committed.
pub(super) struct Waking<S> {
    source: S,
    hub: Hub,
    gave: AtomicBool,
}

impl<S> Waking<S> {
    pub(super) const fn new(source: S, hub: Hub) -> Self {
        Self {
            source,
            hub,
            gave: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl<S: EventSource> EventSource for Waking<S> {
    async fn pull(
        &self,
        after: i64,
        max: u32,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        if self.gave.swap(false, Ordering::Relaxed) {
            self.hub.wake();
        }
        let events = self.source.pull(after, max, wait).await?;
        self.gave.store(!events.is_empty(), Ordering::Relaxed);
        Ok(events)
    }
}
