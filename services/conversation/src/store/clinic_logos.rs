//! Logos of clinics.

use super::Tx;
use crate::domain::Logo;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_store::StoreError;

impl Tx {
    /// The logo of a clinic.
    pub(crate) async fn logo(&mut self, clinic: ClinicId) -> Result<Option<Logo>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT media_type, width, height, image FROM clinic_logos
             WHERE organization_id = $1 AND clinic_id = $2",
            organization,
            clinic.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let broken = StoreError::Inconsistent {
            table: "clinic_logos",
            column: "media_type",
            id: clinic.uuid(),
        };
        Ok(Some(Logo {
            media_type: Logo::media_type(&row.media_type).ok_or(broken)?,
            width: row.width.unsigned_abs(),
            height: row.height.unsigned_abs(),
            image: row.image,
        }))
    }

    /// Puts a logo in place of the one before.
    pub(crate) async fn put_logo(&mut self, clinic: ClinicId, logo: &Logo) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO clinic_logos (organization_id, clinic_id, media_type, width, height, image)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (organization_id, clinic_id) DO UPDATE
             SET media_type = EXCLUDED.media_type, width = EXCLUDED.width,
                 height = EXCLUDED.height, image = EXCLUDED.image",
            organization,
            clinic.uuid(),
            logo.media_type,
            logo.width.cast_signed(),
            logo.height.cast_signed(),
            logo.image
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes a logo away.
    pub(crate) async fn remove_logo(&mut self, clinic: ClinicId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM clinic_logos WHERE organization_id = $1 AND clinic_id = $2",
            organization,
            clinic.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
