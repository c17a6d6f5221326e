//! The read model of the organization's settings.

use super::Tx;
use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_core::Language;
use uuid::Uuid;

/// Whether a clinic sees the patients of another clinic of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Shared,
    PerClinic,
}

impl Visibility {
    pub(crate) const fn stored(self) -> i16 {
        match self {
            Self::Shared => 1,
            Self::PerClinic => 2,
        }
    }

    /// The clinics whose patients a caller sees, for SQL: `None` is every clinic.
    pub(crate) fn filter(self, clinics: &Clinics) -> Option<Vec<Uuid>> {
        match self {
            Self::Shared => None,
            Self::PerClinic => clinics.filter(),
        }
    }
}

/// What the organization decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) visibility: Visibility,
    pub(crate) default_language: Language,
}

impl Default for Settings {
    /// Until the organization's event arrives: the narrower choice.
    fn default() -> Self {
        Self {
            visibility: Visibility::PerClinic,
            default_language: Language::En,
        }
    }
}

impl Tx {
    pub(crate) async fn settings(&mut self) -> Result<Settings, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT patient_visibility, default_language FROM organization_settings WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map_or_else(Settings::default, |row| Settings {
            visibility: if row.patient_visibility == Visibility::Shared.stored() {
                Visibility::Shared
            } else {
                Visibility::PerClinic
            },
            default_language: row.default_language.parse().unwrap_or_default(),
        }))
    }
}

/// Learns the settings from an event.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    settings: Settings,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO organization_settings (organization_id, patient_visibility, default_language)
         VALUES ($1, $2, $3)
         ON CONFLICT (organization_id) DO UPDATE
         SET patient_visibility = EXCLUDED.patient_visibility, default_language = EXCLUDED.default_language",
        organization,
        settings.visibility.stored(),
        settings.default_language.tag()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
