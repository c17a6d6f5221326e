//! Reads this database's own feed.

use super::{EventSource, FeedEvent, SourceError};
use crate::signal::Pace;
use crate::{Db, StoreError};
use async_trait::async_trait;
use bitewing_core::{EventId, OrganizationId};
use std::time::Duration;
use tokio::time::Instant;

impl Db {
    /// The events after a position, at most `max`, waiting up to `wait` for the first.
    pub async fn pull(
        &self,
        after: i64,
        max: u32,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let mut waiter = self.signals().feed.waiter();
        let mut pace = Pace::new();
        let begun = Instant::now();
        loop {
            let events = self.sequenced(after, max).await?;
            let left = wait.saturating_sub(begun.elapsed());
            if !events.is_empty() || left.is_zero() {
                return Ok(events);
            }
            waiter.wait(pace.next().min(left)).await;
        }
    }

    /// The position given out last.
    pub async fn feed_head(&self) -> Result<i64, StoreError> {
        Ok(
            sqlx::query_scalar!("SELECT position FROM store.feed_head WHERE only_row")
                .fetch_one(self.worker_pool())
                .await?,
        )
    }

    async fn sequenced(&self, after: i64, max: u32) -> Result<Vec<FeedEvent>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT position AS "position!", id, organization_id, event_type, resource, payload,
                      traceparent, created_at
               FROM store.outbox WHERE position > $1 ORDER BY position LIMIT $2"#,
            after,
            i64::from(max),
        )
        .fetch_all(self.worker_pool())
        .await?;
        let events = rows.into_iter().map(|row| FeedEvent {
            position: row.position,
            id: EventId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization_id),
            event_type: row.event_type,
            resource: row.resource,
            payload: row.payload,
            traceparent: row.traceparent,
            created_at: row.created_at,
        });
        Ok(events.collect())
    }
}

#[async_trait]
impl EventSource for Db {
    async fn pull(
        &self,
        after: i64,
        max: u32,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        Self::pull(self, after, max, wait)
            .await
            .map_err(|error| SourceError(error.reason()))
    }
}
