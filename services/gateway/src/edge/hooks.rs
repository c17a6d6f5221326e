//! What providers call back: forwarded as it came, byte for byte, because their signatures cover it.
//! Nothing is believed here; the service that keeps the accounts knows whose it is, and what its
//! provider is to be answered.

use super::Edge;
use super::prefixes::peer_address;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::inbound_service_client::InboundServiceClient;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::server::{Called, request_id_of};
use bitewing_rpc::{Peer, Refusal, problem};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// Where every path begins that a provider was given.
const PREFIX: &str = "/hooks/";
/// The token behind it: base64url of 48 bytes.
const TOKEN: usize = 64;
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
pub(super) struct Hooks {
    conversation: Peer,
    public_url: Arc<str>,
}

impl Hooks {
    pub(super) fn new(conversation: Peer, public_url: &str) -> Self {
        Self {
            conversation,
            public_url: public_url.into(),
        }
    }

    async fn forward(
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
        Ok(accepted) => match edge.hooks.forward(accepted, &request_id).await {
            Ok(answered) => answer(answered),
            Err(PeerError::Unavailable) => unavailable(&request_id),
            Err(PeerError::Unexpected { code, .. }) => {
                tracing::error!(?code, "what a provider called back was not taken");
                unavailable(&request_id)
            }
        },
        Err(refused) => refused.response(&request_id),
    };
    response
        .extensions_mut()
        .insert(Called("http /hooks/".to_owned()));
    response
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
async fn accept(edge: &Edge, request: Request<Body>) -> Result<pb::IngestWebhookRequest, Refused> {
    let client = edge
        .proxies
        .client(peer_address(&request), request.headers());
    edge.admission.count_hook(client)?;
    let path = request.uri().path();
    let token = path
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split('/').next());
    if token.is_none_or(|token| token.len() != TOKEN) {
        return Err(Refusal::NoSuchPath.into());
    }
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
    Ok(pb::IngestWebhookRequest {
        url,
        headers,
        body: body.into(),
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
