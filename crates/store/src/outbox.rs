//! Facts, told in the transaction that makes them true.

use crate::{StoreError, Tx, trace};

/// A fact about a resource. It holds identifiers, never health information: whoever needs more asks
/// the service that owns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened, as `patient.created`.
    pub event_type: &'static str,
    /// To what, by its identifier.
    pub resource: String,
    /// The identifiers a consumer needs, at most 16 KiB.
    pub payload: serde_json::Value,
}

impl Tx {
    /// Tells one fact.
    pub async fn emit(&mut self, event: Event) -> Result<(), StoreError> {
        self.emit_all(vec![event]).await
    }

    /// Tells many facts, in their order, in one statement.
    pub async fn emit_all(&mut self, events: Vec<Event>) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let organization = self.organization().uuid();
        let ids: Vec<_> = events.iter().map(|_| self.db().ids().next()).collect();
        let mut types = Vec::with_capacity(events.len());
        let mut resources = Vec::with_capacity(events.len());
        let mut payloads = Vec::with_capacity(events.len());
        for event in events {
            types.push(event.event_type.to_owned());
            resources.push(event.resource);
            payloads.push(event.payload);
        }
        sqlx::query!(
            "INSERT INTO store.outbox
                 (organization_id, id, event_type, resource, payload, traceparent)
             SELECT $1, e.id, e.event_type, e.resource, e.payload, $6
             FROM UNNEST($2::uuid[], $3::text[], $4::text[], $5::jsonb[])
                 WITH ORDINALITY AS e (id, event_type, resource, payload, ordinal)
             ORDER BY e.ordinal",
            organization,
            &ids,
            &types,
            &resources,
            &payloads,
            trace::current(),
        )
        .execute(self.conn())
        .await?;
        self.promises.emitted = true;
        Ok(())
    }
}
