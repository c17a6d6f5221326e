//! Services behind the gateway: one with documents that tells what reached it, and bare feeds.

use bitewing_auth::Service;
use bitewing_core::{EventId, Ids as _, OrganizationId, SystemIds};
use bitewing_proto::conversation as conversation_pb;
use bitewing_proto::conversation::inbound_service_server::{InboundService, InboundServiceServer};
use bitewing_proto::document as pb;
use bitewing_proto::document::document_service_server::{DocumentService, DocumentServiceServer};
use bitewing_proto::feed as feed_pb;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_rpc::call::Arrival;
use bitewing_rpc::{Refusal, open, server};
use bitewing_runtime::feed::to_struct;
use bitewing_testkit::{FakeClock, TestBase};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status, Streaming};

async fn listen(test: &mut TestBase, service: Service) -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    test.set_peer(service, listener.local_addr().unwrap());
    listener
}

fn spawn(
    test: &TestBase,
    service: Service,
    routes: axum::Router,
    listener: TcpListener,
    stop: &CancellationToken,
) {
    let stack = test
        .keys
        .stack(service, Arc::<FakeClock>::clone(&test.clock));
    tokio::spawn(server::serve(stack.wrap(routes), listener, stop.clone()));
}

/// What the fake does is in the identifier it is asked for.
pub(crate) const ECHO: &str = "echo";
pub(crate) const WAIT: &str = "wait";
pub(crate) const MISSING: &str = "missing";
pub(crate) const ENDLESS: &str = "endless";
pub(crate) const BREAKS: &str = "breaks";

/// Keeps documents, or seems to.
#[derive(Clone, Default)]
pub(crate) struct SecureDocument(Arc<Seen>);

/// What reached the fake.
#[derive(Default)]
pub(crate) struct Seen {
    /// The headers of the last call.
    pub(crate) headers: Mutex<http::HeaderMap>,
    /// Rings when a reader of an endless stream went away.
    pub(crate) gone: Notify,
}

impl SecureDocument {
    pub(crate) async fn serve(test: &mut TestBase, stop: &CancellationToken) -> Self {
        let fake = Self::default();
        let listener = listen(test, Service::SecureDocument).await;
        let mut routes = RoutesBuilder::default();
        routes
            .add_service(DocumentServiceServer::new(fake.clone()))
            .add_service(FeedServiceServer::new(Feed::default()));
        let pages = axum::Router::new()
            .route("/d", axum::routing::get(page))
            .route("/v1/uploads/{id}", axum::routing::patch(upload));
        let routes = routes.routes().into_axum_router().merge(pages);
        spawn(test, Service::SecureDocument, routes, listener, stop);
        fake
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let headers = self.0.headers.lock().unwrap();
        headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    pub(crate) async fn reader_gone(&self) {
        self.0.gone.notified().await;
    }

    fn note(&self, metadata: &tonic::metadata::MetadataMap) {
        *self.0.headers.lock().unwrap() = metadata.clone().into_headers();
    }
}

/// Tells who asks, in the way a page of patients would not.
async fn page(request: axum::extract::Request) -> ([(&'static str, &'static str); 1], String) {
    let arrival = request.extensions().get::<Arrival>().cloned().unwrap();
    let forwarded = request.headers().get_all("x-forwarded-for").iter().count();
    let client = request.headers()["x-forwarded-for"]
        .to_str()
        .unwrap()
        .to_owned();
    let nobody = arrival.identity.caller.is_none();
    let policy = [("content-security-policy", "default-src 'self'")];
    (policy, format!("{client} {forwarded} {nobody}"))
}

async fn upload(request: axum::extract::Request) -> String {
    let arrival = request.extensions().get::<Arrival>().cloned().unwrap();
    let offset = request.headers()["upload-offset"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX)
        .await
        .unwrap();
    let caller = arrival.call().unwrap().caller;
    format!("{} {offset} {}", caller.actor.id, body.len())
}

/// A refusal of the fake, with details and a trailer of its own.
fn missing() -> Status {
    let mut status = Status::from(Refusal::ClinicNotFound);
    status
        .metadata_mut()
        .insert("x-hint", "elsewhere".parse().unwrap());
    status
}

#[tonic::async_trait]
impl DocumentService for SecureDocument {
    type DownloadDocumentStream = ReceiverStream<Result<pb::DownloadDocumentResponse, Status>>;

    async fn create_upload(
        &self,
        _: Request<pb::CreateUploadRequest>,
    ) -> Result<Response<pb::CreateUploadResponse>, Status> {
        Err(missing())
    }

    async fn upload_document(
        &self,
        request: Request<Streaming<pb::UploadDocumentRequest>>,
    ) -> Result<Response<pb::UploadDocumentResponse>, Status> {
        let mut parts = request.into_inner();
        let mut document = pb::Document::default();
        while let Some(part) = parts.message().await? {
            match part.part {
                Some(pb::upload_document_request::Part::Announcement(announcement)) => {
                    document.file_name = announcement.file_name;
                }
                Some(pb::upload_document_request::Part::Chunk(chunk)) => {
                    document.size += i64::try_from(chunk.len()).unwrap();
                }
                None => return Err(missing()),
            }
        }
        Ok(Response::new(pb::UploadDocumentResponse {
            document: Some(document),
        }))
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        self.note(request.metadata());
        let (call, request) = open(request)?;
        match request.document_id.as_str() {
            ECHO => {}
            WAIT => std::future::pending().await,
            _ => return Err(missing()),
        }
        let document = pb::Document {
            document_id: ECHO.to_owned(),
            clinic_id: call.organization().to_string(),
            file_name: call.caller.actor.id,
            ..Default::default()
        };
        Ok(Response::new(pb::GetDocumentResponse {
            document: Some(document),
        }))
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let (_, request) = open(request)?;
        Ok(Response::new(pb::ListDocumentsResponse {
            documents: Vec::new(),
            next_page_token: format!("{} {}", request.page_size, request.page_token),
        }))
    }

    async fn download_document(
        &self,
        request: Request<pb::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        let (_, request) = open(request)?;
        if request.document_id == MISSING {
            return Err(missing());
        }
        let (sender, receiver) = mpsc::channel(4);
        let seen = Arc::clone(&self.0);
        tokio::spawn(async move {
            for chunk in [b"one".to_vec(), b"two".to_vec()] {
                let _ = sender
                    .send(Ok(pb::DownloadDocumentResponse { chunk }))
                    .await;
            }
            match request.document_id.as_str() {
                ENDLESS => {
                    sender.closed().await;
                    seen.gone.notify_one();
                }
                BREAKS => {
                    let _ = sender.send(Err(missing())).await;
                }
                _ => {}
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn delete_document(
        &self,
        _: Request<pb::DeleteDocumentRequest>,
    ) -> Result<Response<pb::DeleteDocumentResponse>, Status> {
        Err(missing())
    }
}

/// A feed the test writes.
#[derive(Clone, Default)]
pub(crate) struct Feed(Arc<Written>);

#[derive(Default)]
struct Written {
    events: Mutex<Vec<feed_pb::FeedEvent>>,
    more: Notify,
    webhooks: Mutex<Vec<conversation_pb::IngestWebhookRequest>>,
    away: AtomicBool,
    heard: Notify,
}

impl Feed {
    pub(crate) async fn serve(
        test: &mut TestBase,
        service: Service,
        stop: &CancellationToken,
    ) -> Self {
        let feed = Self::default();
        let listener = listen(test, service).await;
        let mut routes = RoutesBuilder::default();
        routes
            .add_service(FeedServiceServer::new(feed.clone()))
            .add_service(InboundServiceServer::new(feed.clone()));
        spawn(
            test,
            service,
            routes.routes().into_axum_router(),
            listener,
            stop,
        );
        feed
    }

    /// Takes nothing that providers call back, until it comes back.
    pub(crate) fn go_away(&self) {
        self.0.away.store(true, Ordering::SeqCst);
    }

    pub(crate) fn come_back(&self) {
        self.0.away.store(false, Ordering::SeqCst);
    }

    /// The first request of a provider, once it is there.
    pub(crate) async fn first_webhook(&self) -> conversation_pb::IngestWebhookRequest {
        self.0.heard.notified().await;
        self.webhooks().remove(0)
    }

    /// What providers called back.
    pub(crate) fn webhooks(&self) -> Vec<conversation_pb::IngestWebhookRequest> {
        self.0.webhooks.lock().unwrap().clone()
    }

    /// Writes an event; answers its identifier.
    pub(crate) fn push(
        &self,
        organization: &str,
        event_type: &str,
        resource: &str,
        payload: Value,
    ) -> String {
        let organization: OrganizationId = organization.parse().unwrap();
        let id = EventId::from_uuid(SystemIds.next()).to_string();
        let mut events = self.0.events.lock().unwrap();
        let position = i64::try_from(events.len()).unwrap() + 1;
        events.push(feed_pb::FeedEvent {
            position,
            event_id: id.clone(),
            organization_id: organization.to_string(),
            event_type: event_type.to_owned(),
            resource: resource.to_owned(),
            payload: Some(to_struct(payload)),
            ..Default::default()
        });
        self.0.more.notify_waiters();
        id
    }

    fn after(&self, position: i64) -> Vec<feed_pb::FeedEvent> {
        let events = self.0.events.lock().unwrap();
        events
            .iter()
            .filter(|event| event.position > position)
            .cloned()
            .collect()
    }
}

/// Takes what a provider calls back; what it answers is in the body.
#[tonic::async_trait]
impl InboundService for Feed {
    async fn ingest_webhook(
        &self,
        request: Request<conversation_pb::IngestWebhookRequest>,
    ) -> Result<Response<conversation_pb::IngestWebhookResponse>, Status> {
        let (_, request) = bitewing_rpc::open_public(request)?;
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Refusal::PeerUnavailable.into());
        }
        let answer = match request.body.as_slice() {
            b"forged" => (403, "", ""),
            b"broken" => return Err(Refusal::Panicked.into()),
            b"away" => return Err(Refusal::PeerUnavailable.into()),
            _ => (200, "text/xml", "<Response/>"),
        };
        self.0.webhooks.lock().unwrap().push(request);
        self.0.heard.notify_one();
        let (status, content_type, body) = answer;
        Ok(Response::new(conversation_pb::IngestWebhookResponse {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
        }))
    }
}

#[tonic::async_trait]
impl FeedService for Feed {
    async fn pull_events(
        &self,
        request: Request<feed_pb::PullEventsRequest>,
    ) -> Result<Response<feed_pb::PullEventsResponse>, Status> {
        let request = request.into_inner();
        let wait = std::time::Duration::from_millis(request.wait_milliseconds.try_into().unwrap());
        let more = self.0.more.notified();
        let mut events = self.after(request.after_position);
        if events.is_empty() {
            let _ = tokio::time::timeout(wait, more).await;
            events = self.after(request.after_position);
        }
        Ok(Response::new(feed_pb::PullEventsResponse { events }))
    }
}
