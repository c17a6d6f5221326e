//! Organizations' settings, from the gateway's events.

use crate::store::organization_settings::{self, Settings};
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
        let settings = read(&event.payload).ok_or(EventError::poison("MALFORMED_ORGANIZATION"))?;
        Ok(organization_settings::learn(tx, &settings).await?)
    }
}

fn read(payload: &serde_json::Value) -> Option<Settings> {
    let regions = payload["allowed_regions"].as_array()?;
    Some(Settings {
        display_name: payload["display_name"].as_str()?.to_owned(),
        default_language: payload["default_language"].as_str()?.parse().ok()?,
        allowed_regions: regions
            .iter()
            .map(|region| region.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
    })
}
