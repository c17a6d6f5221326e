//! Its side of the wire.

use super::{Kind, Mishap, Recorded};
use axum::body::{Body, to_bytes};
use bitewing_core::{Clock as _, SystemClock};
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use time::format_description::well_known::Rfc2822;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::form_urlencoded;

const MAX_BODY: usize = 1 << 20;

/// A stand-in for Twilio on a port of its own; it ends when it is dropped.
#[derive(Debug)]
pub struct StubTwilio {
    desk: Desk,
    address: SocketAddr,
    _stop: DropGuard,
}

#[derive(Debug, Clone, Default)]
struct Desk(Arc<Mutex<Ledger>>);

#[derive(Debug, Default)]
struct Ledger {
    recorded: Vec<Recorded>,
    made: Vec<Value>,
    mishaps: VecDeque<Option<Mishap>>,
}

/// The connection breaks, without a word.
#[derive(Debug, thiserror::Error)]
#[error("the connection breaks")]
struct Broken;

impl StubTwilio {
    /// Listens on a free port of this machine.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (desk, stop) = (Desk::default(), CancellationToken::new());
        tokio::spawn(accept(listener, desk.clone(), stop.clone()));
        Ok(Self {
            desk,
            address,
            _stop: stop.drop_guard(),
        })
    }

    /// What stands in for `https://api.twilio.com`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets what happens to the next requests that make something; `None` is nothing special.
    pub fn script(&self, mishaps: impl IntoIterator<Item = Option<Mishap>>) {
        self.desk.ledger().mishaps.extend(mishaps);
    }

    /// Takes back what was set for requests that did not come.
    pub fn unscript(&self) {
        self.desk.ledger().mishaps.clear();
    }

    /// Everything that was asked so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.desk.ledger().recorded.clone()
    }

    /// Requests that wanted something to be made, whatever became of them.
    pub fn asked_for(&self, kind: Kind) -> Vec<Recorded> {
        let recorded = self.recorded().into_iter();
        recorded.filter(|request| request.kind == kind).collect()
    }

    /// What was made.
    pub fn made(&self, kind: Kind) -> Vec<Recorded> {
        let asked = self.asked_for(kind).into_iter();
        asked.filter(|request| !request.sid.is_empty()).collect()
    }

    /// Everything Twilio was ever told, as text.
    pub fn everything(&self) -> String {
        format!("{:?}", self.recorded())
    }

    /// Changes what lists say of something that was made.
    pub fn set_status(&self, sid: &str, status: &str) {
        for made in &mut self.desk.ledger().made {
            if made["sid"] == sid {
                made["status"] = status.into();
            }
        }
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
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().expect("no holder of the lock panics")
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Broken> {
        let (parts, body) = request.into_parts();
        let header = |name| {
            let value = parts.headers.get(name);
            let text = value.and_then(|value| value.to_str().ok());
            text.unwrap_or_default().to_owned()
        };
        let mut recorded = Recorded {
            kind: Kind::List,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            authorization: header(AUTHORIZATION),
            content_type: header(CONTENT_TYPE),
            fields: parse(parts.uri.query().unwrap_or_default().as_bytes()),
            sid: String::new(),
        };
        if !recorded.authorization.starts_with("Basic ") {
            return Ok(problem(401, 20003));
        }
        if parts.method == Method::GET {
            let answer = self.list(&recorded);
            self.ledger().recorded.push(recorded);
            return Ok(answer);
        }
        recorded.kind = match recorded.path.rsplit('/').next() {
            Some("Messages.json") => Kind::Message,
            Some("Calls.json") => Kind::Call,
            _ => return Ok(problem(404, 20404)),
        };
        let body = to_bytes(body, MAX_BODY).await.map_err(|_| Broken)?;
        recorded.fields = parse(&body);
        self.make(recorded).await
    }

    async fn make(&self, mut recorded: Recorded) -> Result<Response<Body>, Broken> {
        let mishap = self.ledger().mishaps.pop_front().flatten();
        let nothing = match mishap {
            Some(Mishap::Refuse(status, code)) => Some(Ok(problem(status, code))),
            Some(Mishap::Busy(seconds)) => Some(Ok(busy(seconds))),
            Some(Mishap::FailBefore) => Some(Ok(problem(500, 20500))),
            Some(Mishap::CutBefore) => Some(Err(Broken)),
            _ => None,
        };
        if let Some(answer) = nothing {
            self.ledger().recorded.push(recorded);
            return answer;
        }
        let made = self.ledger().keep(&mut recorded);
        match mishap {
            Some(Mishap::Hang) => std::future::pending().await,
            Some(Mishap::CutAfter) => Err(Broken),
            Some(Mishap::FailAfter) => Ok(problem(500, 20500)),
            _ => Ok(json_answer(201, &made)),
        }
    }

    fn list(&self, asked: &Recorded) -> Response<Body> {
        let (what, prefix) = match asked.path.rsplit('/').next() {
            Some("Messages.json") => ("messages", "SM"),
            Some("Calls.json") => ("calls", "CA"),
            _ => return json_answer(200, &json!({ "incoming_phone_numbers": [] })),
        };
        let ledger = self.ledger();
        let fits = |made: &&Value| {
            let is = |field: &str, name: &str| {
                let wanted = asked.field(name);
                wanted.is_empty() || made[field] == wanted
            };
            made["sid"]
                .as_str()
                .is_some_and(|sid| sid.starts_with(prefix))
                && is("to", "To")
                && is("from", "From")
        };
        let newest_first: Vec<_> = ledger.made.iter().rev().filter(fits).collect();
        json_answer(200, &json!({ what: newest_first }))
    }
}

impl Ledger {
    fn keep(&mut self, recorded: &mut Recorded) -> Value {
        let prefix = if recorded.kind == Kind::Message {
            "SM"
        } else {
            "CA"
        };
        let sid = format!("{prefix}{:032x}", self.made.len() + 1);
        let created = SystemClock.now().format(&Rfc2822);
        let made = json!({
            "sid": sid,
            "to": recorded.field("To"),
            "from": recorded.field("From"),
            "body": recorded.field("Body"),
            "status": if recorded.field("MessagingServiceSid").is_empty() { "queued" } else { "accepted" },
            "direction": "outbound-api",
            "error_code": null,
            "date_created": created.expect("a time of now has a date"),
        });
        recorded.sid = sid;
        self.recorded.push(recorded.clone());
        self.made.push(made.clone());
        made
    }
}

fn parse(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn problem(status: u16, code: u32) -> Response<Body> {
    json_answer(
        status,
        &json!({ "code": code, "message": "no", "status": status }),
    )
}

fn busy(seconds: u64) -> Response<Body> {
    let mut response = problem(429, 20429);
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

fn json_answer(status: u16, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status of the script");
    response
}
