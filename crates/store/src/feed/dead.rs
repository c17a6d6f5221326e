//! Events put aside because their handler kept failing.

use super::FeedEvent;
use crate::{Db, StoreError, Tx};
use bitewing_core::{EventId, OrganizationId};
use time::OffsetDateTime;

/// A dead event, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEvent {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which.
    pub id: EventId,
    /// The feed it came from.
    pub feed: String,
    /// Its place there.
    pub position: i64,
    /// What happened.
    pub event_type: String,
    /// Why its handler failed, a stable word.
    pub reason: String,
    /// When it was put aside.
    pub died_at: OffsetDateTime,
}

impl Db {
    /// The dead events of a feed, in their order, after a position.
    pub async fn dead_events(
        &self,
        feed: &str,
        after: i64,
        max: u32,
    ) -> Result<Vec<DeadEvent>, StoreError> {
        let rows = sqlx::query!(
            "SELECT organization_id, event_id, feed, position, event_type, reason, died_at
             FROM store.dead_event WHERE feed = $1 AND position > $2 ORDER BY position LIMIT $3",
            feed,
            after,
            i64::from(max),
        )
        .fetch_all(self.worker_pool())
        .await?;
        let dead = rows.into_iter().map(|row| DeadEvent {
            organization: OrganizationId::from_uuid(row.organization_id),
            id: EventId::from_uuid(row.event_id),
            feed: row.feed,
            position: row.position,
            event_type: row.event_type,
            reason: row.reason,
            died_at: row.died_at,
        });
        Ok(dead.collect())
    }
}

impl Tx {
    /// Puts an event aside.
    pub(super) async fn bury(
        &mut self,
        feed: &str,
        event: &FeedEvent,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO store.dead_event (organization_id, feed, event_id, position, event_type,
                 resource, payload, traceparent, created_at, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.organization().uuid(),
            feed,
            event.id.uuid(),
            event.position,
            event.event_type,
            event.resource,
            event.payload,
            event.traceparent,
            event.created_at,
            reason,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes a dead event out again.
    pub(super) async fn exhume(
        &mut self,
        feed: &str,
        event: EventId,
    ) -> Result<Option<FeedEvent>, StoreError> {
        let organization = self.organization();
        let row = sqlx::query!(
            "DELETE FROM store.dead_event
             WHERE organization_id = $1 AND feed = $2 AND event_id = $3
             RETURNING position, event_type, resource, payload, traceparent, created_at",
            organization.uuid(),
            feed,
            event.uuid(),
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| FeedEvent {
            position: row.position,
            id: event,
            organization,
            event_type: row.event_type,
            resource: row.resource,
            payload: row.payload,
            traceparent: row.traceparent,
            created_at: row.created_at,
        }))
    }
}
