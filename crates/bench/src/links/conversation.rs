//! Conversation as far as links need it: tells of clinics, and keeps what it is told to send.

use anyhow::bail;
use bitewing_core::{ClinicId, EventId, Ids as _, MessageId, OrganizationId, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::dispatch_service_server::{
    DispatchService, DispatchServiceServer,
};
use bitewing_proto::feed as feed_pb;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_runtime::feed::to_struct;
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tonic::{Request, Response, Status};

/// What links and codes were sent, by patient.
#[derive(Clone, Default)]
pub(super) struct Conversation {
    events: Arc<Mutex<Vec<feed_pb::FeedEvent>>>,
    letters: Arc<Mutex<Letters>>,
}

#[derive(Default)]
struct Letters {
    tokens: HashMap<String, String>,
    codes: HashMap<String, String>,
}

impl Conversation {
    pub(super) async fn serve(address: SocketAddr) -> anyhow::Result<Self> {
        let fake = Self::default();
        let server = tonic::transport::Server::builder()
            .add_service(DispatchServiceServer::new(fake.clone()))
            .add_service(FeedServiceServer::new(fake.clone()));
        tokio::spawn(server.serve(address));
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(fake);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the port of conversation was taken")
    }

    pub(super) fn open_clinic(&self, organization: OrganizationId) -> ClinicId {
        let clinic = ClinicId::from_uuid(SystemIds.next());
        let payload = json!({
            "display_name": "Bench Clinic", "phone": "+15148731234", "region": "CA",
            "language": "en", "time_zone": "America/Toronto",
        });
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let position = i64::try_from(events.len()).unwrap_or(i64::MAX) + 1;
        events.push(feed_pb::FeedEvent {
            position,
            event_id: EventId::from_uuid(SystemIds.next()).to_string(),
            organization_id: organization.to_string(),
            event_type: "clinic.created".to_owned(),
            resource: clinic.to_string(),
            payload: Some(to_struct(payload)),
            ..Default::default()
        });
        clinic
    }

    /// The tokens that arrived, by patient, once there are so many.
    pub(super) async fn wait_for_tokens(
        &self,
        count: usize,
    ) -> anyhow::Result<HashMap<String, String>> {
        self.wait(count, |letters| &letters.tokens).await
    }

    /// The codes that arrived since the last were taken, by patient, once there are so many.
    pub(super) async fn take_codes(&self, count: usize) -> anyhow::Result<HashMap<String, String>> {
        let codes = self.wait(count, |letters| &letters.codes).await?;
        self.letters().codes.clear();
        Ok(codes)
    }

    async fn wait(
        &self,
        count: usize,
        of: impl Fn(&Letters) -> &HashMap<String, String>,
    ) -> anyhow::Result<HashMap<String, String>> {
        for _ in 0..3_000 {
            {
                let letters = self.letters();
                if of(&letters).len() >= count {
                    return Ok(of(&letters).clone());
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!(
            "{} of {count} letters were sent within five minutes",
            of(&self.letters()).len()
        )
    }

    fn letters(&self) -> std::sync::MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn message() -> pb::Message {
        pb::Message {
            message_id: MessageId::from_uuid(SystemIds.next()).to_string(),
            state: pb::MessageState::Queued.into(),
            ..Default::default()
        }
    }
}

#[tonic::async_trait]
impl FeedService for Conversation {
    async fn pull_events(
        &self,
        request: Request<feed_pb::PullEventsRequest>,
    ) -> Result<Response<feed_pb::PullEventsResponse>, Status> {
        let after = request.into_inner().after_position;
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let events = events
            .iter()
            .filter(|event| event.position > after)
            .cloned()
            .collect();
        Ok(Response::new(feed_pb::PullEventsResponse { events }))
    }
}

#[tonic::async_trait]
impl DispatchService for Conversation {
    async fn send_transactional(
        &self,
        request: Request<pb::SendTransactionalRequest>,
    ) -> Result<Response<pb::SendTransactionalResponse>, Status> {
        let request = request.into_inner();
        let mut letters = self.letters();
        if let Some((_, token)) = request.secret.split_once('#') {
            letters.tokens.insert(request.patient_id, token.to_owned());
        } else {
            letters.codes.insert(request.patient_id, request.secret);
        }
        let message = Some(Self::message());
        Ok(Response::new(pb::SendTransactionalResponse { message }))
    }

    async fn get_dispatch(
        &self,
        _: Request<pb::GetDispatchRequest>,
    ) -> Result<Response<pb::GetDispatchResponse>, Status> {
        let message = Some(Self::message());
        Ok(Response::new(pb::GetDispatchResponse { message }))
    }
}
