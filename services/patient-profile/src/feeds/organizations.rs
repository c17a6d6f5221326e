//! Organizations' settings, from the gateway's events.

use crate::store::{Settings, Visibility, organization_settings};
use async_trait::async_trait;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, FeedEvent};

/// Takes `organization.created` and `organization.updated`.
pub(crate) struct OrganizationFeed;

#[async_trait]
impl EventHandler for OrganizationFeed {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        if !matches!(
            event.event_type.as_str(),
            "organization.created" | "organization.updated"
        ) {
            return Ok(());
        }
        let malformed = EventError::poison("MALFORMED_ORGANIZATION");
        let language = event.payload["default_language"]
            .as_str()
            .ok_or(malformed.clone())?;
        let settings = Settings {
            visibility: match event.payload["patient_visibility"].as_str() {
                Some("SHARED") => Visibility::Shared,
                Some("PER_CLINIC") => Visibility::PerClinic,
                _ => return Err(malformed),
            },
            default_language: language.parse().map_err(|_| malformed)?,
        };
        Ok(organization_settings::learn(tx, settings).await?)
    }
}
