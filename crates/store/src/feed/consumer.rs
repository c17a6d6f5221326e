//! Turns a feed's events into effects, each exactly once.

use super::{EventError, EventHandler, EventSource, FeedEvent, SourceError};
use crate::duty::{self, Duty, Progress};
use crate::{Db, Lease, StoreError, trace};
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::{EventId, OrganizationId};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

/// Events in one transaction.
const PER_TRANSACTION: usize = 200;

/// How a consumer goes about it.
#[derive(Debug, Clone)]
pub struct ConsumerOptions {
    /// Events pulled at once.
    pub batch: u32,
    /// How long a pull waits for the first event.
    pub wait: Duration,
    /// Organizations handled at the same time.
    pub parallel: usize,
    /// Tries of an event before it is put aside. While it is tried, the later events of its
    /// organization wait and those of others do not.
    pub tries: u32,
    /// The pause after a pass in which an event failed.
    pub pause: Duration,
}

impl Default for ConsumerOptions {
    fn default() -> Self {
        Self {
            batch: 500,
            wait: Duration::from_secs(2),
            parallel: 4,
            tries: 5,
            pause: Duration::from_millis(500),
        }
    }
}

/// Follows one feed.
pub struct Consumer {
    db: Db,
    feed: String,
    source: Arc<dyn EventSource>,
    handler: Arc<dyn EventHandler>,
    options: ConsumerOptions,
    tries: Mutex<HashMap<EventId, u32>>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer")
            .field("feed", &self.feed)
            .finish_non_exhaustive()
    }
}

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pass {
    /// Events pulled.
    pub pulled: usize,
    /// Events whose effect was committed.
    pub handled: usize,
    /// Events put aside.
    pub dead: usize,
    /// The first event that failed and will be tried again, by position.
    pub blocked_at: Option<i64>,
}

/// Why a pass ended early. What was committed stays; the next pass takes up the rest.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The feed did not answer.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// This database did not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A handler met a failure that is not the event's fault.
    #[error("the handler failed: {0}")]
    Handler(&'static str),
}

/// How far the events of one organization got.
#[derive(Default)]
struct Progressed {
    handled: usize,
    dead: usize,
    blocked_at: Option<i64>,
}

impl Consumer {
    /// Makes one that follows `feed`, a name unique in this database.
    pub fn new(
        db: Db,
        feed: impl Into<String>,
        source: Arc<dyn EventSource>,
        handler: Arc<dyn EventHandler>,
        options: ConsumerOptions,
    ) -> Self {
        let feed = feed.into();
        Self {
            db,
            feed,
            source,
            handler,
            options,
            tries: Mutex::default(),
        }
    }

    /// Follows the feed until told to stop; one process of many does.
    pub async fn run(&self, stop: CancellationToken) {
        // A pull in progress is not worth waiting for.
        let _ = stop
            .run_until_cancelled(duty::serve(&self.db, self, &stop))
            .await;
    }

    /// Pulls once, without waiting, and handles what came.
    pub async fn run_once(&self) -> Result<Pass, PassError> {
        self.pass(Duration::ZERO).await
    }

    /// Pulls once, waiting this long for the first event, and handles what came: for who needs to know
    /// of something told a moment ago.
    pub async fn run_within(&self, wait: Duration) -> Result<Pass, PassError> {
        self.pass(wait).await
    }

    /// Handles a dead event again; answers whether there was one.
    pub async fn replay(
        &self,
        organization: OrganizationId,
        event: EventId,
    ) -> Result<bool, PassError> {
        let mut tx = self.db.begin(&Scope::of_event(organization)).await?;
        let Some(event) = tx.exhume(&self.feed, event).await? else {
            return Ok(false);
        };
        self.handler
            .handle(&event, &mut tx)
            .await
            .map_err(|e| PassError::Handler(e.reason()))?;
        tx.commit().await?;
        Ok(true)
    }

    async fn pass(&self, wait: Duration) -> Result<Pass, PassError> {
        let from = self.db.feed_cursor(&self.feed).await?;
        let events = self.source.pull(from, self.options.batch, wait).await?;
        let Some((last, told)) = events
            .last()
            .map(|event| (event.position, event.created_at))
        else {
            return Ok(Pass::default());
        };
        let mut pass = Pass {
            pulled: events.len(),
            ..Pass::default()
        };
        let progress: Vec<Progressed> = stream::iter(by_organization(events))
            .map(|(organization, events)| self.follow(organization, events))
            .buffer_unordered(self.options.parallel)
            .try_collect()
            .await?;
        for organization in progress {
            pass.handled += organization.handled;
            pass.dead += organization.dead;
            pass.blocked_at = match (pass.blocked_at, organization.blocked_at) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        let reached = pass.blocked_at.map_or(last, |position| position - 1);
        if reached > from {
            self.db.advance(&self.feed, reached).await?;
        }
        let lag = self.db.clock().now() - told;
        self.db.metrics().feed_lag(&self.feed, lag.as_seconds_f64());
        Ok(pass)
    }

    /// Handles one organization's events in order, up to the first that fails.
    async fn follow(
        &self,
        organization: OrganizationId,
        events: Vec<FeedEvent>,
    ) -> Result<Progressed, PassError> {
        let mut progress = Progressed::default();
        let mut rest = events.as_slice();
        let mut limit = PER_TRANSACTION;
        while let [first, ..] = rest {
            let chunk = &rest[..rest.len().min(limit)];
            let (failed, error) = match self.apply(organization, chunk).await? {
                Applied::All(handled) => {
                    progress.handled += handled;
                    rest = &rest[chunk.len()..];
                    limit = PER_TRANSACTION;
                    continue;
                }
                Applied::Failed(at, error) => (at, error),
            };
            if error.is_transient() {
                return Err(PassError::Handler(error.reason()));
            }
            if failed > 0 {
                // Everything was undone: what stands before the failure goes first, by itself.
                limit = failed;
                continue;
            }
            if self.failed(first.id) < self.options.tries {
                progress.blocked_at = Some(first.position);
                return Ok(progress);
            }
            self.give_up(first, &error).await?;
            progress.dead += 1;
            rest = &rest[1..];
            limit = PER_TRANSACTION;
        }
        Ok(progress)
    }

    /// One transaction: what is new is handled.
    async fn apply(
        &self,
        organization: OrganizationId,
        events: &[FeedEvent],
    ) -> Result<Applied, PassError> {
        let mut tx = self.db.begin(&Scope::of_event(organization)).await?;
        let new = tx.receive(&self.feed, events).await?;
        self.db
            .metrics()
            .inbox_duplicates(&self.feed, events.len() - new.len());
        for (index, event) in events.iter().enumerate() {
            if !new.contains(&event.id.uuid()) {
                continue;
            }
            let handling = self
                .handler
                .handle(event, &mut tx)
                .instrument(handled(event));
            let outcome = AssertUnwindSafe(handling).catch_unwind().await;
            if let Err(error) = outcome.unwrap_or(Err(EventError::poison("PANIC"))) {
                return Ok(Applied::Failed(index, error));
            }
        }
        tx.commit().await?;
        Ok(Applied::All(new.len()))
    }

    /// Counts a failure.
    fn failed(&self, event: EventId) -> u32 {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = tries.entry(event).or_default();
        *tries += 1;
        *tries
    }

    async fn give_up(&self, event: &FeedEvent, error: &EventError) -> Result<(), StoreError> {
        let mut tx = self.db.begin(&event.scope()).await?;
        if !tx
            .receive(&self.feed, std::slice::from_ref(event))
            .await?
            .is_empty()
        {
            tx.bury(&self.feed, event, error.reason()).await?;
        }
        tx.commit().await?;
        self.tries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&event.id);
        self.db.metrics().event_died(&self.feed);
        tracing::error!(
            feed = self.feed,
            position = event.position,
            event_type = event.event_type,
            reason = error.reason(),
            "event put aside"
        );
        Ok(())
    }
}

enum Applied {
    /// All of them stand; this many were new.
    All(usize),
    /// Nothing stands: the handler failed at this index.
    Failed(usize, EventError),
}

/// Groups events by organization, keeping the order inside each.
fn by_organization(events: Vec<FeedEvent>) -> Vec<(OrganizationId, Vec<FeedEvent>)> {
    let mut groups: Vec<(OrganizationId, Vec<FeedEvent>)> = Vec::new();
    let mut places = HashMap::new();
    for event in events {
        let place = *places.entry(event.organization).or_insert_with(|| {
            groups.push((event.organization, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(event);
    }
    groups
}

#[async_trait]
impl Duty for Consumer {
    fn name(&self) -> String {
        format!("consumer:{}", self.feed)
    }

    async fn turn(&self, _: &Lease) -> Result<Progress, StoreError> {
        // The inbox makes a second consumer harmless: the lease saves work, it decides nothing.
        let begun = Instant::now();
        match self.pass(self.options.wait).await {
            Ok(Pass {
                blocked_at: Some(_),
                ..
            }) => Ok(Progress::IdleFor(self.options.pause)),
            // A source that answers at once with nothing is not asked in a tight loop.
            Ok(Pass { pulled: 0, .. }) if begun.elapsed() < self.options.wait / 2 => {
                Ok(Progress::Idle)
            }
            Ok(_) => Ok(Progress::More),
            Err(PassError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(feed = self.feed, %error, "pass ended early");
                Ok(Progress::IdleFor(self.options.pause))
            }
        }
    }
}

/// The span an event is handled in.
fn handled(event: &FeedEvent) -> Span {
    let span = tracing::info_span!(
        "event",
        otel.kind = "consumer",
        event_type = event.event_type,
        event = %event.id,
    );
    trace::continued(span, event.traceparent.as_deref())
}
