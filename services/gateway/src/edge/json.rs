//! JSON: one request in, gRPC to the service, JSON or lines of JSON back.

use super::Edge;
use super::admission::Door;
use super::links::Onward;
use super::prefixes::peer_address;
use crate::transcode::frame::{self, Decoder};
use crate::transcode::{self, Match, Problem, Route};
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bitewing_rpc::server::{Called, MAX_MESSAGE, request_id_of};
use bitewing_rpc::{Failure, Kind, Refusal, access};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use prost::Message as _;
use std::time::Duration;
use tonic::{Code, Status};

/// How long a call without a stream may take, as at the services.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a body may take to arrive: 4 MiB over a slow line.
const ARRIVAL: Duration = Duration::from_secs(30);
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// What keeps a JSON request from becoming a call, or an answer from becoming JSON.
#[derive(Debug, thiserror::Error)]
enum JsonFailure {
    #[error("the body must be application/json")]
    MediaType,
    #[error("the body cannot be read")]
    Body,
    #[error("the service answered what is not of its contract")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Failure for JsonFailure {
    fn kind(&self) -> Kind {
        match self {
            Self::MediaType | Self::Body => Kind::Invalid,
            Self::Answer(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::MediaType => "MEDIA_TYPE_NOT_SUPPORTED",
            Self::Body => "BODY_UNREADABLE",
            Self::Answer(_) => "INTERNAL",
        }
    }
}

/// Answers one request.
pub(super) async fn call(edge: &Edge, request: Request<Body>) -> Response {
    let id = request_id_of(&request);
    let (parts, body) = request.into_parts();
    let found = match edge.routes.find(&parts.method, parts.uri.path()) {
        Ok(found) => found,
        Err(miss) => return Problem::from_miss(&miss, &id).into_response(),
    };
    let path = found.route.grpc_path();
    let called = Called(path.trim_start_matches('/').to_owned());
    let head = Request::from_parts(parts, ());
    let answered = transcoded(edge, &found, &path, head, body, &id).await;
    let mut response = answered.unwrap_or_else(Problem::into_response);
    response.extensions_mut().insert(called);
    response
}

async fn transcoded(
    edge: &Edge,
    found: &Match<'_>,
    path: &str,
    head: Request<()>,
    body: Body,
    id: &str,
) -> Result<Response, Problem> {
    let refused = |refusal: Refusal| Problem::from_failure(&refusal, id);
    let rule = access::rule(path).ok_or_else(|| refused(Refusal::NoSuchMethod))?;
    let service = rule.service.ok_or_else(|| refused(Refusal::NoSuchMethod))?;
    let client = edge.proxies.client(peer_address(&head), head.headers());
    let admitted = edge
        .admission
        .admit(Door::Method(rule), head.headers(), client);
    let admitted = admitted.map_err(refused)?;

    let body = read_body(head.headers(), body, id).await?;
    let message = transcode::decode(found, head.uri().query(), &body)
        .map_err(|violations| Problem::from_violations(&violations, id))?;
    let frame = frame::encode(&message.encode_to_vec());
    let onward = Onward {
        service,
        caller: admitted.caller(),
        request_id: id,
        client,
        streaming: rule.streaming,
    };
    let request = grpc_request(path, head.headers(), frame);
    if found.route.method().is_server_streaming() {
        let response = edge.links.send(&onward, request).await.map_err(refused)?;
        let response = checked(response, id)?;
        Ok(lines(
            found.route.clone(),
            response.into_body(),
            id.to_owned(),
        ))
    } else {
        let answered = async {
            let response = edge.links.send(&onward, request).await.map_err(refused)?;
            answer(found, checked(response, id)?, id).await
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.unwrap_or_else(|_| Err(refused(Refusal::DeadlinePassed)))
    }
}

async fn read_body(headers: &HeaderMap, body: Body, id: &str) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::from_failure(&Refusal::TooLarge, id)
            .with_http_status(StatusCode::PAYLOAD_TOO_LARGE)
    };
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MAX_MESSAGE) {
        return Err(too_large());
    }
    let arriving = Limited::new(body, MAX_MESSAGE).collect();
    let body = match tokio::time::timeout(ARRIVAL, arriving).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large()),
        Ok(Err(_)) => return Err(Problem::from_failure(&JsonFailure::Body, id)),
        Err(_) => return Err(Problem::from_failure(&Refusal::DeadlinePassed, id)),
    };
    let media_type = headers
        .get(CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if !body.is_empty() && !is_json(media_type) {
        let problem = Problem::from_failure(&JsonFailure::MediaType, id);
        return Err(problem.with_http_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    Ok(body)
}

/// Whether a media type is JSON, whatever its parameters.
fn is_json(media_type: &[u8]) -> bool {
    let essence = media_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(JSON.as_bytes())
}

/// The gRPC request; of the client's headers only the trace context is of use to it, and that travels
/// by the span.
fn grpc_request(path: &str, headers: &HeaderMap, frame: Bytes) -> Request<tonic::body::Body> {
    let body = http_body_util::Full::new(frame);
    let mut request = Request::new(tonic::body::Body::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = path.parse().expect("the path of a method is a path");
    let grpc = HeaderValue::from_static("application/grpc");
    request.headers_mut().insert(CONTENT_TYPE, grpc);
    if let Some(agent) = headers.get(http::header::USER_AGENT) {
        request
            .headers_mut()
            .insert(http::header::USER_AGENT, agent.clone());
    }
    request
}

type Answer = http::Response<tonic::body::Body>;

/// An answer that did not fail at once.
fn checked(response: Answer, id: &str) -> Result<Answer, Problem> {
    let failed = Status::from_header_map(response.headers());
    match failed.filter(|status| status.code() != Code::Ok) {
        Some(status) => Err(problem(&status, id)),
        None if response.status() == StatusCode::OK => Ok(response),
        None => Err(Problem::from_failure(&Refusal::PeerUnavailable, id)),
    }
}

fn problem(status: &Status, id: &str) -> Problem {
    let details = Bytes::copy_from_slice(status.details());
    Problem::from_status(status.code(), status.message(), details, id)
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>, id: &str) -> Problem {
    Problem::from_failure(&JsonFailure::Answer(error.into()), id)
}

async fn answer(found: &Match<'_>, response: Answer, id: &str) -> Result<Response, Problem> {
    let mut messages = Messages::new(response.into_body());
    let message = messages.next(id).await?;
    let message = message.ok_or_else(|| broken("an answer without a message", id))?;
    // The status stands behind the message.
    if messages.next(id).await?.is_some() {
        return Err(broken("an answer with two messages", id));
    }
    let body = found
        .route
        .encode_answer(&message)
        .map_err(|error| broken(error, id))?;
    Ok(([(CONTENT_TYPE, JSON)], body).into_response())
}

/// Each message as a line; a failure is the last one.
fn lines(route: Route, body: tonic::body::Body, id: String) -> Response {
    let state = Some((Messages::new(body), route, id));
    let lines = stream::unfold(state, |state| async {
        let (mut messages, route, id) = state?;
        let line = match messages.next(&id).await {
            Ok(None) => return None,
            Ok(Some(message)) => route
                .encode_line(&message)
                .map_err(|error| broken(error, &id)),
            Err(problem) => Err(problem),
        };
        Some(match line {
            Ok(line) => (
                Ok::<_, std::convert::Infallible>(line),
                Some((messages, route, id)),
            ),
            Err(problem) => (Ok(problem.line()), None),
        })
    });
    ([(CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response()
}

/// The messages of a gRPC body, and its status at the end.
struct Messages {
    body: tonic::body::Body,
    decoder: Decoder,
}

impl Messages {
    fn new(body: tonic::body::Body) -> Self {
        Self {
            body,
            decoder: Decoder::new(MAX_MESSAGE),
        }
    }

    /// The next message; none once the call ended well.
    async fn next(&mut self, id: &str) -> Result<Option<Bytes>, Problem> {
        loop {
            if let Some(message) = self.decoder.pull().map_err(|error| broken(error, id))? {
                return Ok(Some(message));
            }
            let Some(frame) = self.body.frame().await else {
                // No trailers: the connection broke.
                return Err(Problem::from_failure(&Refusal::PeerUnavailable, id));
            };
            let frame = frame.map_err(|_| Problem::from_failure(&Refusal::PeerUnavailable, id))?;
            match frame.into_data() {
                Ok(data) => self.decoder.push(&data),
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    self.decoder.finish().map_err(|error| broken(error, id))?;
                    return match Status::from_header_map(&trailers) {
                        Some(status) if status.code() == Code::Ok => Ok(None),
                        Some(status) => Err(problem(&status, id)),
                        None => Err(Problem::from_failure(&Refusal::PeerUnavailable, id)),
                    };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Frame;

    fn route(name: &str) -> Route {
        let routes = transcode::Routes::new(&bitewing_proto::POOL).unwrap();
        let found = routes
            .all()
            .iter()
            .find(|route| route.method().name() == name);
        found.unwrap().clone()
    }

    /// The body of a service: messages, and the trailers of an end.
    fn body(messages: &[Vec<u8>], end: Option<Status>) -> tonic::body::Body {
        let frames = messages
            .iter()
            .map(|message| Frame::data(frame::encode(message)));
        let trailers = end.map(|status| {
            let mut trailers = HeaderMap::new();
            status.add_header(&mut trailers).unwrap();
            Frame::trailers(trailers)
        });
        let frames: Vec<_> = frames
            .chain(trailers)
            .map(Ok::<_, std::convert::Infallible>)
            .collect();
        tonic::body::Body::new(http_body_util::StreamBody::new(stream::iter(frames)))
    }

    async fn read(body: tonic::body::Body) -> Vec<serde_json::Value> {
        let response = lines(route("WatchEvents"), body, "r1".to_owned());
        let text = response.into_body().collect().await.unwrap().to_bytes();
        let lines = text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_stream_that_fails_or_breaks_says_so_in_its_last_line() {
        let event = bitewing_proto::identity::WatchEventsResponse::default().encode_to_vec();
        let whole = read(body(&[event.clone(), event.clone()], Some(Status::ok("")))).await;
        assert_eq!(whole.len(), 2);
        assert!(whole.iter().all(|line| line.get("result").is_some()));
        let failed = Status::from(Refusal::Overloaded);
        let failed = read(body(std::slice::from_ref(&event), Some(failed))).await;
        assert_eq!(failed[1]["error"]["reason"], "OVERLOADED");
        let broken = read(body(&[event], None)).await;
        assert_eq!(broken[1]["error"]["reason"], "SERVICE_UNAVAILABLE");
        let wrong = read(body(&[vec![0xff]], Some(Status::ok("")))).await;
        assert_eq!(wrong[0]["error"]["reason"], "INTERNAL");
    }

    #[test]
    fn json_is_json_whatever_its_parameters() {
        for text in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json ;x",
        ] {
            assert!(is_json(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "text/plain",
            "application/jsonx",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
    }
}
