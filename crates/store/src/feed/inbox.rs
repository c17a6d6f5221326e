//! What was received: written in the transaction of its effect.

use super::FeedEvent;
use crate::{Db, StoreError, Tx};
use std::collections::HashSet;
use uuid::Uuid;

impl Tx {
    /// Records events of a feed as received; answers those that were not before.
    ///
    /// A position the cursor already passed is not new, even once its record is pruned: a consumer
    /// that slept since it pulled does nothing twice.
    pub(super) async fn receive(
        &mut self,
        feed: &str,
        events: &[FeedEvent],
    ) -> Result<HashSet<Uuid>, StoreError> {
        let ids: Vec<_> = events.iter().map(|event| event.id.uuid()).collect();
        let positions: Vec<_> = events.iter().map(|event| event.position).collect();
        let organization = self.organization().uuid();
        let new = sqlx::query_scalar!(
            "INSERT INTO store.inbox (organization_id, feed, event_id, position)
             SELECT $1, $2, e.id, e.position
             FROM UNNEST($3::uuid[], $4::bigint[]) AS e (id, position)
             WHERE e.position > store.cursor_of($2)
             ON CONFLICT DO NOTHING
             RETURNING event_id",
            organization,
            feed,
            &ids,
            &positions,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(new.into_iter().collect())
    }
}

impl Db {
    /// How far this database followed a feed.
    pub async fn feed_cursor(&self, feed: &str) -> Result<i64, StoreError> {
        let position = sqlx::query_scalar!(
            "SELECT position FROM store.feed_cursor WHERE feed = $1",
            feed
        )
        .fetch_optional(self.worker_pool())
        .await?;
        Ok(position.unwrap_or(0))
    }

    /// Moves the cursor forward; it never goes back.
    pub(super) async fn advance(&self, feed: &str, position: i64) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO store.feed_cursor AS cursor (feed, position) VALUES ($1, $2)
             ON CONFLICT (feed) DO UPDATE SET position = excluded.position
                 WHERE cursor.position < excluded.position",
            feed,
            position,
        )
        .execute(self.worker_pool())
        .await?;
        Ok(())
    }
}
