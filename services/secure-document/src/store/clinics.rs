//! The read model of clinics.

use super::Tx;
use crate::error::Error;
use bitewing_core::{ClinicId, Language};

/// What pages and messages show of a clinic.
#[derive(Debug, Clone)]
pub(crate) struct Clinic {
    pub(crate) id: ClinicId,
    pub(crate) display_name: String,
    pub(crate) phone: String,
    pub(crate) language: Language,
    /// Where the front desk is told of what needs it; empty for nowhere.
    pub(crate) email: String,
    /// IANA, as `America/Montreal`; empty where it is not known.
    pub(crate) time_zone: String,
}

impl Tx {
    /// One clinic, if its event has arrived.
    pub(crate) async fn clinic(&mut self, id: ClinicId) -> Result<Option<Clinic>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT display_name, phone, language, email, time_zone FROM clinics
             WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| Clinic {
            id,
            display_name: row.display_name,
            phone: row.phone,
            language: row.language.parse().unwrap_or_default(),
            email: row.email,
            time_zone: row.time_zone,
        }))
    }
}

/// Learns of a clinic from an event.
pub(crate) async fn learn(tx: &mut bitewing_store::Tx, clinic: &Clinic) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO clinics (organization_id, id, display_name, phone, language, email, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (organization_id, id) DO UPDATE SET display_name = EXCLUDED.display_name,
             phone = EXCLUDED.phone, language = EXCLUDED.language,
             email = EXCLUDED.email, time_zone = EXCLUDED.time_zone",
        organization,
        clinic.id.uuid(),
        clinic.display_name,
        clinic.phone,
        clinic.language.tag(),
        clinic.email,
        clinic.time_zone
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
