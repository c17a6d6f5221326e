//! Clinics, and what became of the e-mails of links, from conversation's events.

use crate::domain::Delivery;
use crate::store::clinics::{self, Clinic};
use crate::store::deliveries;
use async_trait::async_trait;
use bitewing_core::MessageId;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, FeedEvent};

/// Takes `clinic.*` and `message.*`.
pub(crate) struct ConversationFeed;

#[async_trait]
impl EventHandler for ConversationFeed {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        let reached = match event.event_type.as_str() {
            "clinic.created" | "clinic.updated" => {
                let clinic = clinic(event).ok_or(EventError::poison("MALFORMED_CLINIC"))?;
                return Ok(clinics::learn(tx, &clinic).await?);
            }
            "message.accepted" => Delivery::Accepted,
            "message.delivered" => Delivery::Delivered,
            "message.failed" | "message.expired" => Delivery::Bounced,
            _ => return Ok(()),
        };
        let malformed = EventError::poison("MALFORMED_MESSAGE");
        let message: MessageId = event.resource.parse().map_err(|_| malformed)?;
        let reason = event.payload["reason"].as_str().unwrap_or_default();
        let link = deliveries::link_of(tx, message).await?;
        match link {
            // Most messages are no links.
            None => Ok(()),
            Some(link) => Ok(deliveries::reach(tx, link, reached, reason).await?),
        }
    }
}

fn clinic(event: &FeedEvent) -> Option<Clinic> {
    let text = |name: &str| event.payload[name].as_str();
    Some(Clinic {
        id: event.resource.parse().ok()?,
        display_name: text("display_name")?.to_owned(),
        phone: text("phone").unwrap_or_default().to_owned(),
        language: text("language")
            .and_then(|tag| tag.parse().ok())
            .unwrap_or_default(),
    })
}
