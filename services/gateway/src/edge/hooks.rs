//! What providers call back: forwarded as it came, byte for byte, because their signatures cover it.
//! Nothing is believed here; the service that keeps the accounts knows whose it is, and what its
//! provider is to be answered. While it is away, what can wait is kept.

use super::Edge;
use super::prefixes::peer_address;
use super::spool::Spool;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use bitewing_auth::Service;
use bitewing_core::CapabilityToken;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::inbound_service_client::InboundServiceClient;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::server::{Called, request_id_of};
use bitewing_rpc::{Peer, Refusal, problem};
use bitewing_runtime::Base;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// Where every path begins that a provider was given.
const PREFIX: &str = "/hooks/";
/// What somebody waits for on the line: heard later it would be wrong.
const LIVE: &str = "key";
/// Forms of providers have a few kilobytes; a JSON of theirs rarely more than ten.
const MAX_BODY: usize = 65_536;
const MAX_URL: usize = 4_000;
const MAX_HEADERS: usize = 64;
const MAX_HEADER: usize = 4_000;
/// Providers wait about 15 seconds for an answer; one that is later is lost on them.
const PATIENCE: Duration = Duration::from_secs(10);
/// When a provider that asks should come back while nobody can take what it brings.
const COME_BACK: HeaderValue = HeaderValue::from_static("30");

/// Headers that are this installation's business, or its own callers', and no provider's.
const WITHHELD: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-request-id",
];

/// Whether a path is a provider's.
pub(super) fn is_hook(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// The way to the service that keeps the accounts.
#[derive(Clone)]
pub(crate) struct Hooks {
    conversation: Peer,
    public_url: Arc<str>,
    spool: Spool,
}

impl Hooks {
    pub(crate) fn new(base: &Base, public_url: &str) -> Self {
        Self {
            conversation: base.peer(Service::Conversation),
            public_url: public_url.into(),
            spool: Spool::new(base),
        }
    }

    pub(super) const fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Keeps for later what can wait.
    async fn keep(&self, accepted: &Accepted) {
        if accepted.live {
            return;
        }
        match self.spool.keep(&accepted.token, &accepted.request).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("there is no room for what a provider called back"),
            Err(error) => tracing::warn!(%error, "what a provider called back was not kept"),
        }
    }

    pub(super) async fn forward(
        &self,
        request: pb::IngestWebhookRequest,
        request_id: &str,
    ) -> Result<pb::IngestWebhookResponse, PeerError> {
        let mut request = self.conversation.own_request(request, PATIENCE);
        if let Ok(id) = request_id.parse() {
            request.metadata_mut().insert("x-request-id", id);
        }
        let mut client = InboundServiceClient::new(self.conversation.channel());
        Ok(client.ingest_webhook(request).await?.into_inner())
    }
}

/// Takes what a provider calls back.
pub(super) async fn take(edge: &Edge, request: Request<Body>) -> Response {
    let request_id = request_id_of(&request);
    let mut response = match accept(edge, request).await {
        Ok(accepted) => {
            let request = accepted.request.clone();
            match edge.hooks.forward(request, &request_id).await {
                Ok(answered) => answer(answered),
                Err(error) => {
                    if let PeerError::Unexpected { code, .. } = error {
                        tracing::error!(?code, "what a provider called back was not taken");
                    }
                    edge.hooks.keep(&accepted).await;
                    unavailable(&request_id)
                }
            }
        }
        Err(refused) => refused.response(&request_id),
    };
    response
        .extensions_mut()
        .insert(Called("http /hooks/".to_owned()));
    response
}

/// A request within its limits.
struct Accepted {
    token: CapabilityToken,
    live: bool,
    request: pb::IngestWebhookRequest,
}

/// Why a request goes no further.
enum Refused {
    Method,
    TooMuch(StatusCode),
    Refusal(Refusal),
}

impl Refused {
    fn response(self, request_id: &str) -> Response {
        match self {
            Self::Refusal(refusal) => problem::response(&refusal.into(), request_id),
            Self::TooMuch(status) => empty(status),
            Self::Method => {
                let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
                response
                    .headers_mut()
                    .insert(ALLOW, HeaderValue::from_static("POST"));
                response
            }
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

/// Reads a request as far as its limits, cheapest first.
async fn accept(edge: &Edge, request: Request<Body>) -> Result<Accepted, Refused> {
    let client = edge
        .proxies
        .client(peer_address(&request), request.headers());
    edge.admission.count_hook(client)?;
    let path = request.uri().path();
    let mut steps = path.strip_prefix(PREFIX).unwrap_or_default().split('/');
    // A token routes, as a capability does: 48 bytes that begin with an organization.
    let token = steps.next().unwrap_or_default();
    let token = CapabilityToken::parse(token).map_err(|_| Refusal::NoSuchPath)?;
    let live = steps.next() == Some(LIVE);
    if request.method() != Method::POST {
        return Err(Refused::Method);
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or(path, |path| path.as_str());
    let url = format!("{}{path}", edge.hooks.public_url);
    if url.len() > MAX_URL {
        return Err(Refused::TooMuch(StatusCode::URI_TOO_LONG));
    }
    let headers = headers(request.headers())?;
    let body = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), MAX_BODY));
    let body = match body.await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(Refused::TooMuch(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(_) => return Err(Refused::TooMuch(StatusCode::REQUEST_TIMEOUT)),
    };
    Ok(Accepted {
        token,
        live,
        request: pb::IngestWebhookRequest {
            url,
            headers,
            body: body.into(),
        },
    })
}

fn headers(headers: &HeaderMap) -> Result<Vec<pb::WebhookHeader>, Refused> {
    let too_large = || Refused::TooMuch(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let mut passed = Vec::new();
    for (name, value) in headers {
        // A value that is no text is no signature and no type of a body.
        let Ok(value) = value.to_str() else { continue };
        if WITHHELD.contains(&name.as_str()) {
            continue;
        }
        if passed.len() == MAX_HEADERS || name.as_str().len() + value.len() > MAX_HEADER {
            return Err(too_large());
        }
        passed.push(pb::WebhookHeader {
            name: name.as_str().to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(passed)
}

/// What the service says the provider is to be answered.
fn answer(answered: pb::IngestWebhookResponse) -> Response {
    let status = u16::try_from(answered.status).unwrap_or_default();
    let mut response = Response::new(Body::from(answered.body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if let Ok(kind) = HeaderValue::try_from(answered.content_type)
        && !kind.is_empty()
    {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}

fn unavailable(request_id: &str) -> Response {
    let mut response = problem::response(&Refusal::PeerUnavailable.into(), request_id);
    response.headers_mut().insert(RETRY_AFTER, COME_BACK);
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
