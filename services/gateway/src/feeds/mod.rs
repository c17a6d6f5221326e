//! The feeds of all services, merged into one.

mod hub;
mod merge;
mod pruning;

pub(crate) use hub::Hub;
pub(crate) use pruning::Pruning;

use bitewing_auth::Service;
use bitewing_runtime::Base;
use bitewing_runtime::feed::GrpcFeed;
use bitewing_store::feed::{Consumer, ConsumerOptions};
use merge::{Merge, Waking};
use std::sync::Arc;

/// One consumer per service, this one included.
pub(crate) fn consumers(base: &Base, hub: &Hub) -> Vec<Consumer> {
    Service::ALL
        .into_iter()
        .map(|service| {
            let source = Waking::new(GrpcFeed(base.peer(service)), hub.clone());
            let handler = Merge(Arc::clone(&base.clock));
            Consumer::new(
                base.db.clone(),
                service.name(),
                Arc::new(source),
                Arc::new(handler),
                ConsumerOptions::default(),
            )
        })
        .collect()
}
