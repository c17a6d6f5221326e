//! One line of an audit trail.

use crate::{StoreError, Tx};
use bitewing_auth::Actor;
use bitewing_core::{ClinicId, PageSize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A line to write.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who did it.
    pub actor: &'a Actor,
    /// What was done, as `patient.read`.
    pub action: &'static str,
    /// To what, by its identifier.
    pub resource: String,
    /// For which clinic, if for one.
    pub clinic: Option<ClinicId>,
    /// What else matters, without health information, at most 16 KiB.
    pub details: serde_json::Value,
    /// The request it happened in.
    pub request_id: String,
}

/// A written line.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its identifier.
    pub id: Uuid,
    /// Its place in the chain, once sealed.
    pub seq: Option<i64>,
    /// Its hash, once sealed.
    pub hash: Option<Vec<u8>>,
    /// When.
    pub at: OffsetDateTime,
    /// The kind of who did it.
    pub actor_kind: String,
    /// Who did it.
    pub actor_id: String,
    /// For which clinic.
    pub clinic: Option<ClinicId>,
    /// What was done.
    pub action: String,
    /// To what.
    pub resource: String,
    /// What else matters.
    pub details: serde_json::Value,
    /// The request it happened in.
    pub request_id: String,
}

/// Which lines to list.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Only about this resource.
    pub resource: Option<String>,
    /// Only for these clinics; `None` is every line, also those for no clinic.
    pub clinics: Option<Vec<Uuid>>,
    /// Only lines older than this one: the last of the page before.
    pub before: Option<Uuid>,
}

impl Tx {
    /// Writes a line. Nobody can change it afterwards.
    pub async fn audit(&mut self, entry: Entry<'_>) -> Result<(), StoreError> {
        let (id, now) = (self.db().ids().next(), self.db().clock().now());
        sqlx::query!(
            "INSERT INTO store.audit_entries (organization_id, id, at, actor_kind, actor_id,
                 clinic_id, action, resource, details, request_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.organization().uuid(),
            id,
            now,
            entry.actor.kind.as_str(),
            entry.actor.id,
            entry.clinic.map(ClinicId::uuid),
            entry.action,
            entry.resource,
            entry.details,
            entry.request_id,
        )
        .execute(self.conn())
        .await?;
        self.promises.audited = true;
        Ok(())
    }

    /// Lists lines, the newest first; one more than the page, to show that there is another.
    pub async fn audit_entries(
        &mut self,
        filter: &EntryFilter,
        page: PageSize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let organization = self.organization().uuid();
        let rows = sqlx::query!(
            "SELECT id, seq, hash, at, actor_kind, actor_id, clinic_id, action, resource, details,
                    request_id
             FROM store.audit_entries
             WHERE organization_id = $1
               AND ($2::text IS NULL OR resource = $2)
               AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))
               AND ($4::uuid IS NULL OR id < $4)
             ORDER BY id DESC LIMIT $5",
            organization,
            filter.resource,
            filter.clinics.as_deref(),
            filter.before,
            page.probe(),
        )
        .fetch_all(self.conn())
        .await?;
        let entries = rows.into_iter().map(|row| AuditEntry {
            id: row.id,
            seq: row.seq,
            hash: row.hash,
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            action: row.action,
            resource: row.resource,
            details: row.details,
            request_id: row.request_id,
        });
        Ok(entries.collect())
    }
}
