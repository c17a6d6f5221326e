//! What is learned from other services' events.

mod guard_policies;

use bitewing_auth::Service;
use bitewing_runtime::Base;
use bitewing_runtime::feed::GrpcFeed;
use bitewing_store::feed::{Consumer, ConsumerOptions};
use std::sync::Arc;

/// Template's feed: the layers of the guard's policy.
pub(crate) fn template_consumer(base: &Base) -> Consumer {
    Consumer::new(
        base.db.clone(),
        "template",
        Arc::new(GrpcFeed(base.peer(Service::Template))),
        Arc::new(guard_policies::GuardPolicyFeed),
        ConsumerOptions::default(),
    )
}
