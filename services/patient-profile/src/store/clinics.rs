//! The read model of clinics.

use super::Tx;
use crate::error::Error;
use bitewing_core::ClinicId;

impl Tx {
    /// The regions of the organization's clinics.
    pub(crate) async fn regions(&mut self) -> Result<Vec<String>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT region FROM clinics WHERE organization_id = $1 ORDER BY region",
            organization
        )
        .fetch_all(self.conn())
        .await?)
    }

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

/// What pages and greetings say of a clinic.
pub(crate) struct ClinicCard {
    pub(crate) region: String,
    pub(crate) display_name: String,
    /// E.164, or empty.
    pub(crate) phone: String,
    /// BCP 47 of the front desk, or empty.
    pub(crate) language: String,
}

impl Tx {
    /// What is known of a clinic; nothing of one that is not known.
    pub(crate) async fn clinic_card(&mut self, id: ClinicId) -> Result<ClinicCard, Error> {
        let organization = self.organization_uuid();
        let card = sqlx::query_as!(
            ClinicCard,
            "SELECT region, display_name, phone, language FROM clinics WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(card.unwrap_or(ClinicCard {
            region: String::new(),
            display_name: String::new(),
            phone: String::new(),
            language: String::new(),
        }))
    }
}

/// Learns of a clinic from an event.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    id: ClinicId,
    card: &ClinicCard,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO clinics (organization_id, id, region, display_name, phone, language)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organization_id, id) DO UPDATE
         SET region = EXCLUDED.region, display_name = EXCLUDED.display_name, phone = EXCLUDED.phone,
             language = EXCLUDED.language",
        organization,
        id.uuid(),
        card.region,
        card.display_name,
        card.phone,
        card.language
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
