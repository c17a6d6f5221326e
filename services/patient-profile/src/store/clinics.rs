//! The read model of clinics.

use super::Tx;
use crate::error::Error;
use bitewing_core::ClinicId;

impl Tx {
    /// The region whose numbers a clinic writes without a country code.
    pub(crate) async fn clinic_region(&mut self, id: ClinicId) -> Result<Option<String>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT region FROM clinics WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?)
    }
}

/// Learns of a clinic from an event.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    id: ClinicId,
    region: &str,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO clinics (organization_id, id, region) VALUES ($1, $2, $3)
         ON CONFLICT (organization_id, id) DO UPDATE SET region = EXCLUDED.region",
        organization,
        id.uuid(),
        region
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
