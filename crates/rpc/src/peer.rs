//! Channels to other services, and the requests sent through them.

use crate::{Call, Failure, Kind, failure};
use bitewing_auth::{Minter, Service};
use http::Uri;
use opentelemetry::global;
use opentelemetry::propagation::Injector;
use std::time::{Duration, Instant};
use tonic::metadata::{MetadataKey, MetadataMap, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Kept back from a deadline for the way home.
const WAY_HOME: Duration = Duration::from_millis(10);
/// How long a call to a peer may take where the caller set no deadline.
const DEFAULT: Duration = Duration::from_secs(10);

/// Another service: where it is, and how to be believed there.
#[derive(Clone, Debug)]
pub struct Peer {
    service: Service,
    channel: Channel,
    minter: Minter,
}

impl Peer {
    /// Names a peer; nothing is connected until the first call, so that services start in any order.
    pub fn new(service: Service, uri: Uri, minter: Minter) -> Self {
        let channel = Endpoint::from(uri)
            .connect_timeout(Duration::from_secs(2))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10))
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20)
            .connect_lazy();
        Self {
            service,
            channel,
            minter,
        }
    }

    /// Which service it is.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// For a generated client.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// The token that speaks for a caller, or for the calling service alone.
    pub fn token(&self, caller: Option<&bitewing_auth::Caller>) -> std::sync::Arc<str> {
        self.minter.mint(caller, self.service)
    }

    /// A request on behalf of a call: its caller, its id, its trace, what is left of its time.
    pub fn request<T>(&self, call: &Call, message: T) -> Request<T> {
        let left = call.deadline.map_or(DEFAULT, |deadline| {
            deadline
                .saturating_duration_since(Instant::now())
                .saturating_sub(WAY_HOME)
        });
        let mut request = self.prepare(Some(&call.caller), message);
        request.set_timeout(left);
        if let Ok(id) = MetadataValue::try_from(call.request_id.as_str()) {
            request.metadata_mut().insert("x-request-id", id);
        }
        request
    }

    /// A request of the service for itself, as the feed is pulled.
    pub fn own_request<T>(&self, message: T, timeout: Duration) -> Request<T> {
        let mut request = self.prepare(None, message);
        request.set_timeout(timeout);
        request
    }

    /// The headers that introduce a forwarded request: in whose name, under which id, in which trace.
    pub fn introduction(
        &self,
        caller: Option<&bitewing_auth::Caller>,
        request_id: &str,
    ) -> http::HeaderMap {
        let mut request = self.prepare(caller, ());
        if let Ok(id) = MetadataValue::try_from(request_id) {
            request.metadata_mut().insert("x-request-id", id);
        }
        request.into_parts().0.into_headers()
    }

    fn prepare<T>(&self, caller: Option<&bitewing_auth::Caller>, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.token(caller));
        if let Ok(value) = MetadataValue::try_from(bearer) {
            request.metadata_mut().insert("authorization", value);
        }
        let context = tracing::Span::current().context();
        global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&context, &mut Metadata(request.metadata_mut()));
        });
        request
    }
}

struct Metadata<'a>(&'a mut MetadataMap);

impl Injector for Metadata<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(key), Ok(value)) = (MetadataKey::from_bytes(key.as_bytes()), value.parse()) {
            self.0.insert(key, value);
        }
    }
}

/// A peer's answer that the caller has no special case for.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// It cannot be reached, or has no time.
    #[error("a peer is not available")]
    Unavailable,
    /// It refused in a way that was not expected.
    #[error("a peer answered {code:?} {reason}")]
    Unexpected {
        /// The code.
        code: Code,
        /// The stable reason.
        reason: String,
    },
}

impl From<Status> for PeerError {
    fn from(status: Status) -> Self {
        match status.code() {
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::Cancelled => Self::Unavailable,
            // A connection that breaks surfaces as UNKNOWN without details.
            Code::Unknown if failure::reason_of(&status).is_none() => Self::Unavailable,
            code => Self::Unexpected {
                code,
                reason: failure::reason_of(&status).unwrap_or_default(),
            },
        }
    }
}

impl Failure for PeerError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unavailable => Kind::Unavailable,
            Self::Unexpected { .. } => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Unavailable => "SERVICE_UNAVAILABLE",
            Self::Unexpected { .. } => "INTERNAL",
        }
    }
}
