//! The read model of the guard's policy: the layers of chains and clinics.

use super::Tx;
use crate::error::Error;
use bitewing_core::ClinicId;
use uuid::Uuid;

/// One layer as the template service told of it.
pub(crate) struct GuardLayer {
    /// None for the chain's.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) version: i32,
    pub(crate) toml: String,
}

impl GuardLayer {
    fn row(&self) -> Uuid {
        self.clinic.map_or(Uuid::nil(), ClinicId::uuid)
    }
}

impl Tx {
    /// The versions of the chain's and a clinic's layer; 0 where there is none.
    pub(crate) async fn guard_versions(&mut self, clinic: ClinicId) -> Result<(i32, i32), Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT clinic_id, version FROM guard_policies
             WHERE organization_id = $1 AND clinic_id IN ($2, $3)",
            organization,
            Uuid::nil(),
            clinic.uuid()
        )
        .fetch_all(self.conn())
        .await?;
        let version = |id: Uuid| {
            let row = rows.iter().find(|row| row.clinic_id == id);
            row.map_or(0, |row| row.version)
        };
        Ok((version(Uuid::nil()), version(clinic.uuid())))
    }

    /// What the chain's and a clinic's layer say, with their versions; empty where there is none.
    pub(crate) async fn guard_layers(
        &mut self,
        clinic: ClinicId,
    ) -> Result<[(i32, String); 2], Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query!(
            "SELECT clinic_id, version, toml FROM guard_policies
             WHERE organization_id = $1 AND clinic_id IN ($2, $3)",
            organization,
            Uuid::nil(),
            clinic.uuid()
        )
        .fetch_all(self.conn())
        .await?;
        let layer = |id: Uuid| {
            let row = rows.iter().find(|row| row.clinic_id == id);
            row.map_or((0, String::new()), |row| (row.version, row.toml.clone()))
        };
        Ok([layer(Uuid::nil()), layer(clinic.uuid())])
    }
}

/// Learns of a layer from an event; an older one than is known changes nothing.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    layer: &GuardLayer,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO guard_policies (organization_id, clinic_id, version, toml)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id, clinic_id) DO UPDATE
         SET version = EXCLUDED.version, toml = EXCLUDED.toml
         WHERE guard_policies.version < EXCLUDED.version",
        organization,
        layer.row(),
        layer.version,
        layer.toml
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
