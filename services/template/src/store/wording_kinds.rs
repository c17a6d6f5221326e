//! The kinds chains made.

use super::Tx;
use super::wordings::own_kind;
use crate::domain::phrasebook::Occasion;
use crate::error::Error;
use sqlx::types::Json;
use std::sync::Arc;
use time::OffsetDateTime;

impl Tx {
    /// A kind the chain made.
    pub(crate) async fn own_kind(&mut self, name: &str) -> Result<Option<Arc<Occasion>>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT name, definition AS \"definition: Json<Occasion>\" FROM wording_kinds
             WHERE organization_id = $1 AND name = $2",
            organization,
            name
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| own_kind(row.name, row.definition.0)))
    }

    /// Every kind the chain made, by name: no more than a few hundred.
    pub(crate) async fn own_kinds(&mut self) -> Result<Vec<Arc<Occasion>>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT name, definition AS \"definition: Json<Occasion>\" FROM wording_kinds
             WHERE organization_id = $1 ORDER BY name",
            organization
        )
        .fetch_all(self.conn())
        .await?;
        let kinds = rows.into_iter();
        Ok(kinds
            .map(|row| own_kind(row.name, row.definition.0))
            .collect())
    }

    /// Writes a new kind.
    pub(crate) async fn insert_kind(
        &mut self,
        kind: &Occasion,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO wording_kinds (organization_id, name, definition, created_at) VALUES ($1, $2, $3, $4)",
            organization,
            kind.name,
            Json(kind) as _,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes a kind that has no wordings; `false` if there is none.
    pub(crate) async fn delete_kind(&mut self, name: &str) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let removed = sqlx::query!(
            "DELETE FROM wording_kinds WHERE organization_id = $1 AND name = $2",
            organization,
            name
        )
        .execute(self.conn())
        .await?;
        Ok(removed.rows_affected() == 1)
    }
}
