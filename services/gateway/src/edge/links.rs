//! The channels to the services, and how a request goes through them.

use super::headers;
use bitewing_auth::{Caller, Service};
use bitewing_rpc::server::speaks_grpc;
use bitewing_rpc::{Peer, Refusal};
use bitewing_runtime::Base;
use http::header::{HeaderValue, TE};
use http::uri::PathAndQuery;
use http::{Request, Response, Uri, Version};
use http_body_util::BodyExt as _;
use std::collections::BTreeMap;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::body::Body;
use tower::ServiceExt as _;

/// Connections for streams to each service. One carries at most 256, and streams last: on the one for
/// calls they would leave no room for any.
const STREAM_LINKS: usize = 4;

/// Channels to one service.
struct Link {
    calls: Peer,
    streams: [Peer; STREAM_LINKS],
    next: AtomicUsize,
}

/// Channels to every service.
pub(super) struct Links {
    links: BTreeMap<Service, Link>,
    streams: Arc<Semaphore>,
}

/// Where a request goes, and in whose name.
pub(super) struct Onward<'a> {
    pub(super) service: Service,
    pub(super) caller: Option<&'a Caller>,
    pub(super) request_id: &'a str,
    pub(super) client: IpAddr,
    /// Whether request or answer may last.
    pub(super) streaming: bool,
}

impl Links {
    pub(super) fn new(base: &Base, max_streams: usize) -> Self {
        let link = |service| Link {
            calls: base.peer(service),
            streams: std::array::from_fn(|_| base.peer(service)),
            next: AtomicUsize::new(0),
        };
        Self {
            links: Service::ALL
                .into_iter()
                .map(|service| (service, link(service)))
                .collect(),
            streams: Arc::new(Semaphore::new(max_streams)),
        }
    }

    fn peer(&self, onward: &Onward<'_>) -> &Peer {
        let link = &self.links[&onward.service];
        if onward.streaming {
            &link.streams[link.next.fetch_add(1, Ordering::Relaxed) % STREAM_LINKS]
        } else {
            &link.calls
        }
    }

    /// Sends a request on, body and all, and answers the head of the answer as soon as it comes. What
    /// the client said about itself is replaced by what the edge knows. Dropping the answer, or this
    /// future, ends the call at the service.
    pub(super) async fn send(
        &self,
        onward: &Onward<'_>,
        request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        let permit = if onward.streaming {
            let permit = Arc::clone(&self.streams).try_acquire_owned();
            Some(permit.map_err(|_| Refusal::Overloaded)?)
        } else {
            None
        };
        let peer = self.peer(onward);
        let mut request = readdressed(request);
        let headers = request.headers_mut();
        headers.extend(peer.introduction(onward.caller, onward.request_id));
        if let Ok(client) = HeaderValue::try_from(onward.client.to_string()) {
            headers.insert("x-forwarded-for", client);
        }
        let answer = peer.channel().oneshot(request).await;
        let mut response = answer.map_err(|error| refusal(&error))?;
        headers::strip_response(response.headers_mut());
        Ok(match permit {
            Some(permit) => response.map(|body| held(body, permit)),
            None => response,
        })
    }
}

/// The same request with nothing but its path, its body and the headers that may travel.
fn readdressed(request: Request<Body>) -> Request<Body> {
    let (parts, body) = request.into_parts();
    let mut onward = Request::new(body);
    *onward.method_mut() = parts.method;
    *onward.version_mut() = Version::HTTP_2;
    let path = parts.uri.path_and_query().cloned();
    *onward.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    *onward.headers_mut() = parts.headers;
    headers::strip_request(onward.headers_mut());
    if speaks_grpc(&onward) {
        onward
            .headers_mut()
            .insert(TE, HeaderValue::from_static("trailers"));
    }
    onward
}

/// A body that holds its slot until it ends or is dropped.
fn held(body: Body, permit: OwnedSemaphorePermit) -> Body {
    Body::new(body.map_frame(move |frame| {
        let _held = &permit;
        frame
    }))
}

/// Why a channel did not answer.
fn refusal(error: &(dyn Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<tonic::TimeoutExpired>() {
            return Refusal::DeadlinePassed;
        }
        cause = error.source();
    }
    Refusal::PeerUnavailable
}
