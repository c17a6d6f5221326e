//! Bytes that are no gRPC, or no protobuf.

use super::{Target, fault, none};
use crate::catalogue::rows;
use crate::suite::grpc::{bearer, fresh_address};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tonic::Status;
use tonic_types::StatusExt as _;

/// Calls under way at once.
const AT_ONCE: usize = 16;

type Http = Client<HttpConnector, Full<Bytes>>;

/// A frame: a flag, a length, and what may not be so long.
fn frame(flag: u8, length: u32, bytes: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(bytes.len() + 5);
    frame.put_u8(flag);
    frame.put_u32(length);
    frame.put(bytes);
    frame.freeze()
}

fn whole(bytes: &[u8]) -> Bytes {
    frame(0, u32::try_from(bytes.len()).unwrap(), bytes)
}

/// Field 1 around field 1 around field 1.
fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(Vec::new(), |inner, _| {
        let mut outer = vec![0x0a];
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.extend(inner);
        outer
    })
}

fn broken() -> Vec<(&'static str, Bytes)> {
    vec![
        ("nothing", Bytes::new()),
        ("half a header", Bytes::from_static(&[0, 0, 0])),
        ("half a message", frame(0, 100, b"short")),
        ("a length without end", frame(0, u32::MAX, b"")),
        (
            "a compressed message without a method",
            frame(1, 4, b"gzip"),
        ),
        ("an unknown flag", frame(7, 0, b"")),
        ("a varint without end", whole(&[0xff; 16])),
        ("a text that is not UTF-8", whole(&[0x0a, 2, 0xff, 0xfe])),
        ("a wrong wire type", whole(&[0x0d, 1, 2, 3, 4])),
        ("a field number of 0", whole(&[0x02, 0])),
        ("an unclosed group", whole(&[0x0b; 64])),
        ("deep nesting", whole(&nested(500))),
        ("5 MB", whole(&vec![0; 5 << 20])),
        (
            "text instead of frames",
            Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n{}"),
        ),
    ]
}

async fn send(http: &Http, url: &str, token: Option<&str>, body: Bytes) -> Status {
    let mut request = http::Request::post(url)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("x-forwarded-for", fresh_address());
    if let Some(token) = token {
        request = request.header("authorization", bearer(token));
    }
    let response = http
        .request(request.body(Full::new(body)).unwrap())
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    assert_eq!(head.status, 200, "gRPC tells everything in its own status");
    if let Some(status) = Status::from_header_map(&head.headers) {
        return status;
    }
    // A stream that stays open took the message for a good one.
    let collected =
        tokio::time::timeout(std::time::Duration::from_millis(700), body.collect()).await;
    let trailers = collected
        .ok()
        .and_then(Result::ok)
        .and_then(|body| body.trailers().cloned());
    trailers
        .and_then(|trailers| Status::from_header_map(&trailers))
        .unwrap_or_else(|| Status::ok(""))
}

#[tokio::test]
async fn broken_frames_are_refused_with_a_reason() {
    let target = Target::make().await;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let http: Http = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build(connector);
    let attempts = rows().flat_map(|row| {
        broken()
            .into_iter()
            .map(move |(what, body)| (row, what, body))
    });
    let faults: Vec<String> = stream::iter(attempts)
        .map(|(row, what, body)| {
            let url = format!("{}{}", target.suite.site.base(), row.rpc().path());
            let (http, token) = (&http, target.token(row));
            async move {
                let status = send(http, &url, token, body).await;
                let reason = bitewing_rpc::failure::reason_of(&status).unwrap_or_default();
                let bad = status
                    .get_details_bad_request()
                    .map(|bad| bad.field_violations);
                let paths: Vec<_> = bad
                    .into_iter()
                    .flatten()
                    .map(|violation| violation.field)
                    .collect();
                let found = fault(status.code(), &reason, &paths)?;
                Some(format!("{}: {what} {found}: {status:?}", row.name))
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |fault| fault)
        .collect()
        .await;
    none(&faults);
    target.survived().await;
}
