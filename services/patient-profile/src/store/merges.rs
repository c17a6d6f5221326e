//! Merges that stand, with what moved.

use super::{Tx, patient_json};
use crate::domain::{Field, Moved, Stamp};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_store::StoreError;
use serde_json::{Value, json};
use uuid::Uuid;

fn encode(moved: &Moved) -> Value {
    json!({
        "points": moved.points.iter().map(Uuid::to_string).collect::<Vec<_>>(),
        "external_ids": patient_json::external_ids(&moved.external_ids),
        "children": patient_json::children(&moved.children),
        "relations": patient_json::relations(&moved.relations),
        "filled": moved.filled.iter().map(|field| field.name()).collect::<Vec<_>>(),
    })
}

fn decode(value: &Value) -> Option<Moved> {
    let point = |id: &Value| id.as_str()?.parse().ok();
    let field = |name: &Value| Field::parse(name.as_str()?);
    Some(Moved {
        points: value["points"]
            .as_array()?
            .iter()
            .map(point)
            .collect::<Option<_>>()?,
        external_ids: patient_json::read_external_ids(&value["external_ids"])?,
        children: patient_json::read_children(&value["children"])?,
        relations: patient_json::read_relations(&value["relations"])?,
        filled: value["filled"]
            .as_array()?
            .iter()
            .map(field)
            .collect::<Option<_>>()?,
    })
}

impl Tx {
    /// Keeps what a merge moved.
    pub(crate) async fn insert_merge(
        &mut self,
        patient: PatientId,
        duplicate: PatientId,
        moved: &Moved,
        stamp: &Stamp<'_>,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO patient_merges (organization_id, id, patient_id, duplicate_id, moved, merged_at, merged_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            organization,
            stamp.ids.next(),
            patient.uuid(),
            duplicate.uuid(),
            encode(moved),
            stamp.now,
            stamp.actor
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends the merge of a duplicate that stands, and tells what it moved.
    pub(crate) async fn undo_merge(
        &mut self,
        patient: PatientId,
        duplicate: PatientId,
        stamp: &Stamp<'_>,
    ) -> Result<Option<Moved>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "UPDATE patient_merges SET undone_at = $4, undone_by = $5
             WHERE organization_id = $1 AND patient_id = $2 AND duplicate_id = $3 AND undone_at IS NULL
             RETURNING id, moved",
            organization,
            patient.uuid(),
            duplicate.uuid(),
            stamp.now,
            stamp.actor
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let moved = decode(&row.moved).ok_or(StoreError::Inconsistent {
            table: "patient_merges",
            column: "moved",
            id: row.id,
        })?;
        Ok(Some(moved))
    }
}
