//! Clinics, and what became of the messages of links, from conversation's events.

use crate::domain::Delivery;
use crate::store::clinic_logos::{self, Logo};
use crate::store::clinics::{self, Clinic};
use crate::store::deliveries;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_core::{ClinicId, MessageId};
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
            "clinic.logo_changed" => {
                let malformed = EventError::poison("MALFORMED_LOGO");
                let (clinic, logo) = logo(event).ok_or(malformed)?;
                return Ok(clinic_logos::learn(tx, clinic, logo.as_ref()).await?);
            }
            "message.accepted" | "message.sent" => Delivery::Accepted,
            "message.delivered" => Delivery::Delivered,
            "message.failed" | "message.undelivered" | "message.expired" => Delivery::Bounced,
            _ => return Ok(()),
        };
        let malformed = EventError::poison("MALFORMED_MESSAGE");
        let message: MessageId = event.resource.parse().map_err(|_| malformed)?;
        let reason = event.payload["reason"].as_str().unwrap_or_default();
        match deliveries::cargo_of(tx, message).await? {
            // Most messages bring neither links nor codes.
            None => Ok(()),
            Some(cargo) => Ok(deliveries::arrive(tx, cargo, reached, reason).await?),
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
        email: text("email").unwrap_or_default().to_owned(),
        time_zone: text("time_zone").unwrap_or_default().to_owned(),
    })
}

/// A clinic's new logo; an event without a picture says that it has none any more.
fn logo(event: &FeedEvent) -> Option<(ClinicId, Option<Logo>)> {
    let clinic = event.resource.parse().ok()?;
    let Some(image) = event.payload["image"].as_str() else {
        return Some((clinic, None));
    };
    // Numbers of an event come as floating point.
    let pixels = |name: &str| Some(event.payload[name].as_f64()? as i32);
    let logo = Logo {
        media_type: Logo::media_type(event.payload["media_type"].as_str()?)?,
        width: pixels("width")?,
        height: pixels("height")?,
        image: STANDARD.decode(image).ok()?,
    };
    Some((clinic, Some(logo)))
}
