//! What is learned from other services' events.

mod clinics;
mod organizations;

pub(crate) use clinics::ClinicFeed;

use bitewing_auth::Service;
use bitewing_runtime::Base;
use bitewing_runtime::feed::GrpcFeed;
use bitewing_store::feed::{Consumer, ConsumerOptions};
use std::sync::Arc;

/// The clinics' feed, from conversation.
pub(crate) fn clinic_consumer(base: &Base) -> Consumer {
    let source = Arc::new(GrpcFeed(base.peer(Service::Conversation)));
    Consumer::new(
        base.db.clone(),
        "conversation",
        source,
        Arc::new(ClinicFeed),
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
    vec![clinic_consumer(base), organizations]
}
