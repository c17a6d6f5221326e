//! A service whose one method does what the test tells it.

use bitewing_auth::{
    Actor, ActorKind, Caller, Clinics, KeySet, Minter, Service, SigningKey, Verifier,
};
use bitewing_core::{Clock, OrganizationId, SystemClock, SystemIds};
use bitewing_proto::feed as pb;
use bitewing_proto::feed::feed_service_client::FeedServiceClient;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_rpc::{Peer, Stack, open_service, serve};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

/// Asked for as a position, it makes the handler panic.
pub(crate) const PANIC: i64 = 13;
/// Asked for as a position, it makes the handler wait for a permit.
pub(crate) const WAIT: i64 = 14;

#[derive(Clone, Default)]
pub(crate) struct Handler {
    pub(crate) begun: Arc<AtomicUsize>,
    pub(crate) finished: Arc<AtomicUsize>,
    pub(crate) gate: Arc<Gate>,
}

pub(crate) struct Gate(pub(crate) Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

#[tonic::async_trait]
impl FeedService for Handler {
    async fn pull_events(
        &self,
        request: Request<pb::PullEventsRequest>,
    ) -> Result<Response<pb::PullEventsResponse>, Status> {
        let (_, request) = open_service(request)?;
        self.begun.fetch_add(1, Ordering::SeqCst);
        match request.after_position {
            PANIC => panic!("as the test wants it"),
            WAIT => drop(self.gate.0.acquire().await.unwrap()),
            _ => {}
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(pb::PullEventsResponse::default()))
    }
}

pub(crate) struct Harness {
    pub(crate) handler: Handler,
    pub(crate) channel: Channel,
    pub(crate) keys: Vec<(Service, SigningKey)>,
    pub(crate) address: std::net::SocketAddr,
    _stop: DropGuard,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        let keys: Vec<_> = Service::ALL
            .into_iter()
            .map(|service| (service, SigningKey::generate()))
            .collect();
        let known = keys.iter().fold(KeySet::default(), |set, (service, key)| {
            set.with(*service, &key.public()).unwrap()
        });
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let stack = Stack {
            service: Service::Conversation,
            verifier: Verifier::new(Service::Conversation, known, clock),
            ids: Arc::new(SystemIds),
        };
        let handler = Handler::default();
        let mut routes = tonic::service::RoutesBuilder::default();
        routes.add_service(FeedServiceServer::new(handler.clone()));
        let http = axum::Router::new().route("/page", axum::routing::get(|| async { "a page" }));
        let routes = stack.wrap(routes.routes().into_axum_router().merge(http));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(serve(routes, listener, stop.clone()));
        let channel = Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        Self {
            handler,
            channel,
            keys,
            address,
            _stop: stop.drop_guard(),
        }
    }

    pub(crate) fn minter(&self, service: Service) -> Minter {
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| *known == service)
            .unwrap();
        Minter::new(service, key.clone(), Arc::new(SystemClock))
    }

    /// The service as another one sees it.
    pub(crate) fn peer(&self, from: Service) -> Peer {
        let uri = format!("http://{}", self.address).parse().unwrap();
        Peer::new(Service::Conversation, uri, self.minter(from))
    }

    pub(crate) fn client(&self) -> FeedServiceClient<Channel> {
        FeedServiceClient::new(self.channel.clone())
    }

    /// A request of the gateway for itself.
    pub(crate) fn request(&self, position: i64) -> Request<pb::PullEventsRequest> {
        let message = pb::PullEventsRequest {
            after_position: position,
            ..Default::default()
        };
        let mut request = Request::new(message);
        let token = self
            .minter(Service::Gateway)
            .mint(None, Service::Conversation);
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    }
}

pub(crate) fn caller() -> Caller {
    let actor = Actor {
        kind: ActorKind::ApiClient,
        id: "cli_1".to_owned(),
    };
    let organization = OrganizationId::from_uuid(Uuid::from_u128(1));
    Caller::verified(organization, actor, Clinics::All, Vec::new(), Vec::new())
}

pub(crate) fn reason(status: &Status) -> (Code, String) {
    (
        status.code(),
        status
            .get_details_error_info()
            .map(|info| info.reason)
            .unwrap_or_default(),
    )
}
