//! The read model of the organization's settings.

use super::Tx;
use crate::error::Error;
use bitewing_core::Language;

/// What the organization decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) display_name: String,
    pub(crate) default_language: Language,
    /// The regions to whose phones codes may be sent.
    pub(crate) allowed_regions: Vec<String>,
}

impl Default for Settings {
    /// Until the organization's event arrives: what organizations start with.
    fn default() -> Self {
        Self {
            display_name: String::new(),
            default_language: Language::En,
            allowed_regions: vec!["CA".to_owned(), "US".to_owned()],
        }
    }
}

impl Tx {
    pub(crate) async fn settings(&mut self) -> Result<Settings, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT display_name, default_language, allowed_regions FROM organization_settings
             WHERE organization_id = $1",
            organization
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map_or_else(Settings::default, |row| Settings {
            display_name: row.display_name,
            default_language: row.default_language.parse().unwrap_or_default(),
            allowed_regions: row.allowed_regions,
        }))
    }
}

/// Learns the settings from an event.
pub(crate) async fn learn(
    tx: &mut bitewing_store::Tx,
    settings: &Settings,
) -> Result<(), sqlx::Error> {
    let organization = tx.organization().uuid();
    sqlx::query!(
        "INSERT INTO organization_settings (organization_id, display_name, default_language, allowed_regions)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id) DO UPDATE SET display_name = EXCLUDED.display_name,
             default_language = EXCLUDED.default_language, allowed_regions = EXCLUDED.allowed_regions",
        organization,
        settings.display_name,
        settings.default_language.tag(),
        &settings.allowed_regions
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
