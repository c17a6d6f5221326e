//! The merged feed.

use super::Tx;
use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_core::{ClinicId, EventId, OrganizationId};
use bitewing_store::feed::FeedEvent;
use bitewing_store::{Db, StoreError};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Rows removed in one statement.
const BATCH: i64 = 5_000;

/// An event as it is listed.
pub(crate) struct EventRow {
    pub(crate) position: i64,
    pub(crate) id: EventId,
    pub(crate) event_type: String,
    pub(crate) resource: String,
    pub(crate) payload: serde_json::Value,
    pub(crate) created_at: OffsetDateTime,
}

impl Tx {
    /// Events behind a position, oldest first: those about clinics the caller may see, and those about
    /// none.
    pub(crate) async fn events(
        &mut self,
        after: i64,
        visible: &Clinics,
        limit: i64,
    ) -> Result<Vec<EventRow>, Error> {
        let organization = self.organization_uuid();
        let visible = visible.filter();
        let rows = sqlx::query!(
            "SELECT position, id, event_type, resource, payload, created_at FROM events
             WHERE organization_id = $1 AND position > $2
               AND ($3::uuid[] IS NULL OR clinic_ids = '{}' OR clinic_ids && $3)
             ORDER BY position LIMIT $4",
            organization,
            after,
            visible.as_deref(),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let events = rows.into_iter().map(|row| EventRow {
            position: row.position,
            id: EventId::from_uuid(row.id),
            event_type: row.event_type,
            resource: row.resource,
            payload: row.payload,
            created_at: row.created_at,
        });
        Ok(events.collect())
    }

    /// The position of the newest event; 0 where there was none.
    pub(crate) async fn events_head(&mut self) -> Result<i64, Error> {
        let organization = self.organization_uuid();
        let head = sqlx::query_scalar!(
            "SELECT position FROM event_heads WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(head.unwrap_or(0))
    }
}

/// Adds an event at the end of its organization's feed.
pub(crate) async fn append(
    tx: &mut bitewing_store::Tx,
    event: &FeedEvent,
    clinics: &[ClinicId],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    let clinics: Vec<Uuid> = clinics.iter().map(|clinic| clinic.uuid()).collect();
    sqlx::query!(
        "WITH head AS (
             INSERT INTO event_heads AS h (organization_id, position) VALUES ($1, 1)
             ON CONFLICT (organization_id) DO UPDATE SET position = h.position + 1
             RETURNING position
         )
         INSERT INTO events (organization_id, id, position, event_type, resource, payload, clinic_ids,
                             created_at, received_at)
         SELECT $1, $2, head.position, $3, $4, $5, $6, $7, $8 FROM head",
        organization,
        event.id.uuid(),
        event.event_type,
        event.resource,
        event.payload,
        &clinics,
        event.created_at,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last positions of some organizations.
pub(crate) async fn heads(
    db: &Db,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, i64>, StoreError> {
    let wanted: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let mut tx = db.begin_worker().await?;
    let rows = sqlx::query!(
        "SELECT organization_id, position FROM event_heads WHERE organization_id = ANY($1)",
        &wanted
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let heads = rows.into_iter();
    Ok(heads
        .map(|row| (OrganizationId::from_uuid(row.organization_id), row.position))
        .collect())
}

/// Removes a batch of events received before a time; answers how many.
pub(crate) async fn prune(db: &Db, before: OffsetDateTime) -> Result<u64, StoreError> {
    let mut tx = db.begin_worker().await?;
    let pruned = sqlx::query!(
        "DELETE FROM events e USING (
             SELECT organization_id, id FROM events WHERE received_at < $1 LIMIT $2
         ) old
         WHERE e.organization_id = old.organization_id AND e.id = old.id",
        before,
        BATCH
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(pruned.rows_affected())
}
