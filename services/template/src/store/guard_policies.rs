//! The layers of the guard's policy, every version of them.

use super::Tx;
use crate::error::Error;
use bitewing_core::ClinicId;
use time::OffsetDateTime;
use uuid::Uuid;

/// How many versions of a layer are kept.
const KEPT: i32 = 200;

/// A version of a layer.
#[derive(Debug, Clone)]
pub(crate) struct LayerVersion {
    pub(crate) version: i32,
    /// Empty where the layer was taken away.
    pub(crate) toml: String,
    pub(crate) author: String,
    pub(crate) created_at: OffsetDateTime,
}

fn owner(clinic: Option<ClinicId>) -> Uuid {
    clinic.map_or(Uuid::nil(), ClinicId::uuid)
}

impl Tx {
    /// The present versions of the chain's layer and of a clinic's; 0 where there is none.
    pub(crate) async fn guard_versions(
        &mut self,
        clinic: Option<ClinicId>,
    ) -> Result<(i32, i32), Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            r#"SELECT clinic_id, max(version) AS "version!" FROM guard_policy_versions
               WHERE organization_id = $1 AND clinic_id IN ($2, $3) GROUP BY clinic_id"#,
            organization,
            Uuid::nil(),
            owner(clinic)
        )
        .fetch_all(self.conn())
        .await?;
        let version = |id: Uuid| {
            let row = rows.iter().find(|row| row.clinic_id == id);
            row.map_or(0, |row| row.version)
        };
        let own = clinic.map_or(0, |clinic| version(clinic.uuid()));
        Ok((version(Uuid::nil()), own))
    }

    /// The present version of the chain's layer, or of a clinic's.
    pub(crate) async fn guard_layer(
        &mut self,
        clinic: Option<ClinicId>,
    ) -> Result<Option<LayerVersion>, Error> {
        Ok(self.guard_layers(clinic, None, 1).await?.into_iter().next())
    }

    /// Versions of a layer, newest first.
    pub(crate) async fn guard_layers(
        &mut self,
        clinic: Option<ClinicId>,
        before: Option<i32>,
        count: i64,
    ) -> Result<Vec<LayerVersion>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_as!(
            LayerVersion,
            "SELECT version, toml, author, created_at FROM guard_policy_versions
             WHERE organization_id = $1 AND clinic_id = $2 AND version < $3
             ORDER BY version DESC LIMIT $4",
            organization,
            owner(clinic),
            before.unwrap_or(i32::MAX),
            count
        )
        .fetch_all(self.conn())
        .await?)
    }

    /// Writes the next version of a layer; of two at once one is refused by the key.
    pub(crate) async fn insert_guard_layer(
        &mut self,
        clinic: Option<ClinicId>,
        layer: &LayerVersion,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO guard_policy_versions (organization_id, clinic_id, version, toml, author,
                                                created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            organization,
            owner(clinic),
            layer.version,
            layer.toml,
            layer.author,
            layer.created_at
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "DELETE FROM guard_policy_versions
             WHERE organization_id = $1 AND clinic_id = $2 AND version <= $3",
            organization,
            owner(clinic),
            layer.version - KEPT
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
