//! The provider's side of the wire.

use super::{Asked, Fault, Faults, Ledger, RepeatPromise};
use axum::body::{Body, to_bytes};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

const MAX_BODY: usize = 1 << 20;

/// A provider on a port of its own; it ends when it is dropped.
#[derive(Debug)]
pub struct StubProvider {
    /// What it saw and did.
    pub ledger: Ledger,
    /// What goes wrong.
    pub faults: Faults,
    address: SocketAddr,
    _stop: DropGuard,
}

#[derive(Clone)]
struct Desk {
    promise: RepeatPromise,
    ledger: Ledger,
    faults: Faults,
}

/// The connection breaks, without a word.
#[derive(Debug, thiserror::Error)]
#[error("the connection breaks")]
struct Broken;

impl StubProvider {
    /// Listens on a free port of this machine.
    pub async fn start(promise: RepeatPromise) -> io::Result<Self> {
        Self::start_at(([127, 0, 0, 1], 0).into(), promise).await
    }

    /// Listens on a port that was chosen before.
    pub async fn start_at(address: SocketAddr, promise: RepeatPromise) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let desk = Desk {
            promise,
            ledger: Ledger::default(),
            faults: Faults::default(),
        };
        let stop = CancellationToken::new();
        tokio::spawn(accept(listener, desk.clone(), stop.clone()));
        Ok(Self {
            ledger: desk.ledger,
            faults: desk.faults,
            address,
            _stop: stop.drop_guard(),
        })
    }

    /// Where accounts post.
    pub fn endpoint(&self) -> String {
        format!("http://{}/messages", self.address)
    }
}

async fn accept(listener: TcpListener, desk: Desk, stop: CancellationToken) {
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let (desk, stop) = (desk.clone(), stop.clone());
        tokio::spawn(async move { stop.run_until_cancelled(converse(stream, desk)).await });
    }
}

/// One connection; a broken one ends with a reset, as when a machine goes away.
async fn converse(stream: TcpStream, desk: Desk) {
    if stream.set_zero_linger().is_err() {
        return;
    }
    let answer = service_fn(move |request: Request<hyper::body::Incoming>| {
        let desk = desk.clone();
        async move { desk.answer(request.map(Body::new)).await }
    });
    // How a conversation ended is told by the ledger, not here.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

impl Desk {
    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Broken> {
        let fault = self.faults.next();
        if request.method() == Method::GET {
            let key = request
                .uri()
                .path()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            return self.asked(&key, fault).await;
        }
        let key = header(request.headers(), "idempotency-key");
        let credential = header(request.headers(), AUTHORIZATION.as_str());
        let body = to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| Broken)?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        self.posted(&key, &credential, body, fault).await
    }

    async fn posted(
        &self,
        key: &str,
        credential: &str,
        body: Value,
        fault: Option<Fault>,
    ) -> Result<Response<Body>, Broken> {
        let answer = match fault {
            Some(Fault::Reset) => Err(Broken),
            Some(Fault::FailBeforeAccept) => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR)),
            Some(Fault::Refuse) => Ok(plain(StatusCode::UNPROCESSABLE_ENTITY)),
            Some(Fault::Busy(seconds)) => Ok(busy(seconds)),
            _ => {
                self.ledger
                    .take(self.promise == RepeatPromise::Keyed, key, credential, body);
                return self.taken(key, fault).await;
            }
        };
        self.ledger.leave(key, credential, body);
        answer
    }

    async fn taken(&self, key: &str, fault: Option<Fault>) -> Result<Response<Body>, Broken> {
        match fault {
            Some(Fault::AcceptThenHang) => std::future::pending().await,
            Some(Fault::AcceptThenReset) => Err(Broken),
            Some(Fault::FailAfterAccept) => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR)),
            Some(Fault::Slow(time)) => {
                tokio::time::sleep(time).await;
                Ok(accepted(key))
            }
            _ => Ok(accepted(key)),
        }
    }

    /// A provider that cannot be asked answers like one that knows nothing.
    async fn asked(&self, key: &str, fault: Option<Fault>) -> Result<Response<Body>, Broken> {
        match fault {
            None => {}
            Some(Fault::AcceptThenHang) => {
                self.ledger.ask(key, Asked::Unanswered);
                return std::future::pending().await;
            }
            Some(_) => {
                self.ledger.ask(key, Asked::Unanswered);
                return Ok(plain(StatusCode::INTERNAL_SERVER_ERROR));
            }
        }
        if self.promise == RepeatPromise::Queryable && self.ledger.arrivals_of(key) > 0 {
            self.ledger.ask(key, Asked::Found);
            Ok(accepted(key))
        } else {
            self.ledger.ask(key, Asked::Absent);
            Ok(plain(StatusCode::NOT_FOUND))
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn busy(seconds: u64) -> Response<Body> {
    let mut response = plain(StatusCode::TOO_MANY_REQUESTS);
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

fn accepted(key: &str) -> Response<Body> {
    let body = json!({ "reference": format!("stub-{key}"), "status": "ACCEPTED" });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
