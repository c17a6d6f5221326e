//! An event on its way, and the two ends of the way.

use crate::{StoreError, Tx};
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::{EventId, OrganizationId};
use std::time::Duration;
use time::OffsetDateTime;

/// A fact as a feed carries it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEvent {
    /// Its place in the feed: without gaps, growing.
    pub position: i64,
    /// Its identifier, the same in every delivery.
    pub id: EventId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What happened.
    pub event_type: String,
    /// To what.
    pub resource: String,
    /// The identifiers that matter.
    pub payload: serde_json::Value,
    /// The trace it happened in (W3C Trace Context).
    pub traceparent: Option<String>,
    /// When.
    pub created_at: OffsetDateTime,
}

impl FeedEvent {
    /// The door an event opens.
    pub const fn scope(&self) -> Scope {
        Scope::of_event(self.organization)
    }
}

/// Why a feed did not answer; the consumer asks again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the feed does not answer: {0}")]
pub struct SourceError(
    /// A stable word.
    pub &'static str,
);

/// Where events come from: this database, or a peer's.
#[async_trait]
pub trait EventSource: Send + Sync {
    /// The events after a position, at most `max`, waiting up to `wait` for the first.
    async fn pull(
        &self,
        after: i64,
        max: u32,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError>;
}

/// Why an event could not be handled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct EventError {
    reason: &'static str,
    transient: bool,
}

impl EventError {
    /// The event itself cannot be taken: after some tries it is put aside.
    pub const fn poison(reason: &'static str) -> Self {
        Self {
            reason,
            transient: false,
        }
    }

    /// Something around it failed: it is tried again until that passes.
    pub const fn transient(reason: &'static str) -> Self {
        Self {
            reason,
            transient: true,
        }
    }

    /// The stable word.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    pub(crate) const fn is_transient(&self) -> bool {
        self.transient
    }
}

impl From<StoreError> for EventError {
    fn from(error: StoreError) -> Self {
        Self {
            reason: error.reason(),
            transient: error.is_transient(),
        }
    }
}

impl From<sqlx::Error> for EventError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What an event does here.
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// Applies the event in the transaction that also records it as received. It is called once per
    /// committed effect, and may be called again after a failure undid everything.
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError>;
}
