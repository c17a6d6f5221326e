//! The read model of clinics' logos.

use super::Tx;
use crate::error::Error;
use bitewing_core::ClinicId;

/// What a logo may be; conversation has walked its bytes.
const MEDIA_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

/// A picture beside a clinic's name.
#[derive(Debug, Clone)]
pub(crate) struct Logo {
    pub(crate) media_type: &'static str,
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) image: Vec<u8>,
}

impl Logo {
    /// The media type, if it is one a logo may have.
    pub(crate) fn media_type(text: &str) -> Option<&'static str> {
        MEDIA_TYPES.into_iter().find(|known| *known == text)
    }
}

impl Tx {
    /// The logo of a clinic, if it has one.
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
        Ok(row.and_then(|row| {
            Some(Logo {
                media_type: Logo::media_type(&row.media_type)?,
                width: row.width,
                height: row.height,
                image: row.image,
            })
        }))
    }
}

/// Learns from an event what a clinic's logo is now.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    clinic: ClinicId,
    logo: Option<&Logo>,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    let Some(logo) = logo else {
        sqlx::query!(
            "DELETE FROM clinic_logos WHERE organization_id = $1 AND clinic_id = $2",
            organization,
            clinic.uuid()
        )
        .execute(tx.conn())
        .await?;
        return Ok(());
    };
    sqlx::query!(
        "INSERT INTO clinic_logos (organization_id, clinic_id, media_type, width, height, image)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organization_id, clinic_id) DO UPDATE
         SET media_type = EXCLUDED.media_type, width = EXCLUDED.width, height = EXCLUDED.height,
             image = EXCLUDED.image",
        organization,
        clinic.uuid(),
        logo.media_type,
        logo.width,
        logo.height,
        logo.image
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
