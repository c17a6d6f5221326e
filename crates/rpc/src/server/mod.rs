//! The layers in front of every service, outermost first: trace, deadline, authenticate, shield,
//! unreadable.

mod authenticate;
mod deadline;
mod shield;
mod trace;
mod unreadable;

pub use trace::Called;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use bitewing_auth::{Service, Verifier};
use bitewing_core::Ids;
use http::Request;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::server::TcpIncoming;

/// The largest message of a unary call, in bytes; documents travel in pieces.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// What the layers need.
#[derive(Clone)]
pub struct Stack {
    /// The service behind the layers.
    pub service: Service,
    /// Reads internal tokens made for it.
    pub verifier: Verifier,
    /// Names requests that come without an id.
    pub ids: Arc<dyn Ids>,
}

impl Stack {
    /// Puts the layers in front of a service's routes.
    pub fn wrap(&self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(Arc::new(self.clone()), service))
    }

    /// Runs every handler of these routes to its end, whether or not its caller waits.
    pub fn shield<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
        routes.layer(from_fn(async |request: Request<Body>, next: Next| {
            shield::run(request, |request| next.run(request)).await
        }))
    }

    /// Puts the layers that ask for no token in front of the public edge: trace and deadline. A client
    /// that goes away there ends the call it made.
    pub fn wrap_edge(&self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(Arc::new(self.clone()), edge))
    }
}

/// All layers of a service in one: each layer of a router costs an allocation and a copy of what is
/// behind it for every request.
async fn service(State(stack): State<Arc<Stack>>, request: Request<Body>, next: Next) -> Response {
    let stack = &*stack;
    trace::run(stack, request, |request| {
        deadline::run(request, move |request| {
            authenticate::run(stack, request, |request| {
                shield::run(request, |request| {
                    unreadable::run(request, |request| next.run(request))
                })
            })
        })
    })
    .await
}

async fn edge(State(stack): State<Arc<Stack>>, request: Request<Body>, next: Next) -> Response {
    trace::run(&stack, request, |request| {
        deadline::run(request, |request| next.run(request))
    })
    .await
}

/// Serves until `stop`; then accepts nothing new, finishes what runs, and returns.
pub async fn serve(
    routes: Router,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    tonic::transport::Server::builder()
        .accept_http1(true)
        .tcp_nodelay(true)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .initial_stream_window_size(Some(1 << 20))
        .initial_connection_window_size(Some(4 << 20))
        .max_concurrent_streams(Some(256))
        .add_routes(tonic::service::Routes::from(routes))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stop.cancelled_owned(),
        )
        .await
}

/// Whether a request speaks gRPC, of which gRPC-Web is a form.
pub fn speaks_grpc<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// Answers a refusal in the language of the request: trailers for gRPC, a problem for HTTP.
pub fn refuse(grpc: bool, request_id: &str, status: Status) -> Response {
    if grpc {
        status.into_http::<Body>()
    } else {
        crate::problem::response(&status, request_id)
    }
}

/// The id the trace layer gave a request.
pub fn request_id_of<B>(request: &Request<B>) -> String {
    request
        .headers()
        .get(&trace::REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}
