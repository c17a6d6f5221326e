//! Clinics, from conversation's events.

use crate::store::clinics::{self, ClinicCard};
use async_trait::async_trait;
use bitewing_core::ClinicId;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, FeedEvent};

/// Takes `clinic.created` and `clinic.updated`.
pub(crate) struct ClinicFeed;

#[async_trait]
impl EventHandler for ClinicFeed {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        if !matches!(
            event.event_type.as_str(),
            "clinic.created" | "clinic.updated"
        ) {
            return Ok(());
        }
        let id: ClinicId = event
            .resource
            .parse()
            .map_err(|_| EventError::poison("MALFORMED_CLINIC"))?;
        let text = |name: &str| event.payload[name].as_str().map(str::to_owned);
        let card = ClinicCard {
            region: text("region").ok_or(EventError::poison("MALFORMED_CLINIC"))?,
            display_name: text("display_name").unwrap_or_default(),
            phone: text("phone").unwrap_or_default(),
            language: text("language").unwrap_or_default(),
        };
        Ok(clinics::learn(tx, id, &card).await?)
    }
}
