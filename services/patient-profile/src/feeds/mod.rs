//! What is learned from other services' events.

mod clinics;
mod conversation;
mod messages;
mod organizations;

use bitewing_auth::Service;
use bitewing_runtime::Base;
use bitewing_runtime::feed::GrpcFeed;
use bitewing_store::feed::{Consumer, ConsumerOptions};
use std::sync::Arc;

/// Conversation's feed: clinics, and what became of messages.
pub(crate) fn conversation_consumer(base: &Base) -> Consumer {
    let source = Arc::new(GrpcFeed(base.peer(Service::Conversation)));
    Consumer::new(
        base.db.clone(),
        "conversation",
        source,
        Arc::new(conversation::ConversationFeed),
        ConsumerOptions::default(),
    )
}

/// Every feed the service reads.
pub(crate) fn consumers(base: &Base) -> Vec<Consumer> {
    let gateway = Arc::new(GrpcFeed(base.peer(Service::Gateway)));
    let organizations = Consumer::new(
        base.db.clone(),
        "gateway",
        gateway,
        Arc::new(organizations::OrganizationFeed),
        ConsumerOptions::default(),
    );
    vec![conversation_consumer(base), organizations]
}
