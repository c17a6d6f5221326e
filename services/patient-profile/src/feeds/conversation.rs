//! Everything conversation tells.

use super::{clinics, messages};
use async_trait::async_trait;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, FeedEvent};

/// Takes `clinic.created`, `clinic.updated` and `message.failed`.
pub(crate) struct ConversationFeed;

#[async_trait]
impl EventHandler for ConversationFeed {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        match event.event_type.as_str() {
            "clinic.created" | "clinic.updated" => clinics::take(event, tx).await,
            "message.failed" => messages::failed(event, tx).await,
            _ => Ok(()),
        }
    }
}
