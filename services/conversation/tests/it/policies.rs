//! The feed of a template service: layers of the guard's policy, as the test tells them.

use bitewing_core::{EventId, Ids as _, OrganizationId, SystemIds};
use bitewing_proto::feed as pb;
use bitewing_proto::feed::feed_service_server::FeedService;
use bitewing_runtime::feed::to_struct;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tonic::{Request, Response, Status};

/// What was told so far.
#[derive(Clone, Default)]
pub(crate) struct PolicyFeed(Arc<Mutex<Vec<pb::FeedEvent>>>);

impl PolicyFeed {
    /// Tells of a chain's layer, and answers its version.
    pub(crate) fn tell(&self, organization: OrganizationId, toml: &str) -> i64 {
        let mut events = self.0.lock().unwrap();
        let version = i64::try_from(events.len()).unwrap() + 1;
        events.push(pb::FeedEvent {
            position: version,
            event_id: EventId::from_uuid(SystemIds.next()).to_string(),
            organization_id: organization.to_string(),
            event_type: "guard_policy.updated".to_owned(),
            resource: organization.to_string(),
            payload: Some(to_struct(json!({
                "clinic_id": "", "version": version, "toml": toml,
            }))),
            ..Default::default()
        });
        version
    }
}

#[tonic::async_trait]
impl FeedService for PolicyFeed {
    async fn pull_events(
        &self,
        request: Request<pb::PullEventsRequest>,
    ) -> Result<Response<pb::PullEventsResponse>, Status> {
        let after = request.into_inner().after_position;
        let events = self.0.lock().unwrap();
        let events = events
            .iter()
            .filter(|event| event.position > after)
            .cloned()
            .collect();
        Ok(Response::new(pb::PullEventsResponse { events }))
    }
}
