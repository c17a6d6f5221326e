//! gRPC-Web over HTTP/1.1.

use crate::fake::ECHO;
use crate::harness::Harness;
use bitewing_gateway::transcode::frame;
use bitewing_proto::document as pb;
use prost::Message as _;

async fn call(harness: &Harness, token: &str, id: &str) -> (http::HeaderMap, Vec<(u8, Vec<u8>)>) {
    let path = "/bitewing.document.v1.DocumentService/GetDocument";
    let request = pb::GetDocumentRequest {
        document_id: id.to_owned(),
    };
    let response = harness
        .http
        .post(format!("{}{path}", harness.url))
        .header("content-type", "application/grpc-web+proto")
        .header("origin", "https://app.example.org")
        .bearer_auth(token)
        .body(frame::encode(&request.encode_to_vec()))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let bytes = response.bytes().await.unwrap();
    let mut rest = bytes.as_ref();
    let mut frames = Vec::new();
    while let Some(([flag, a, b, c, d], body)) = rest.split_first_chunk::<5>() {
        let (frame, next) = body.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        frames.push((*flag, frame.to_vec()));
        rest = next;
    }
    (headers, frames)
}

#[tokio::test]
async fn a_browser_gets_message_and_trailers() {
    let harness = Harness::with(|config| {
        config.cors_origins = vec!["https://app.example.org".parse().unwrap()];
    })
    .await;
    let chain = harness.chain("sourire").await;
    let (headers, frames) = call(&harness, &chain.token, ECHO).await;
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    assert_eq!(
        headers["access-control-allow-origin"],
        "https://app.example.org"
    );
    let [(0, message), (0x80, trailers)] = frames.as_slice() else {
        panic!("two frames")
    };
    let answer = pb::GetDocumentResponse::decode(message.as_slice()).unwrap();
    assert_eq!(answer.document.unwrap().file_name, chain.client_id);
    assert!(String::from_utf8_lossy(trailers).contains("grpc-status:0"));
}

#[tokio::test]
async fn a_refusal_reaches_the_browser() {
    let harness = Harness::start().await;
    let (headers, frames) = call(&harness, "no token", ECHO).await;
    let in_header = headers
        .get("grpc-status")
        .is_some_and(|value| value == "16");
    let in_trailers = frames.iter().any(|(flag, body)| {
        *flag == 0x80 && String::from_utf8_lossy(body).contains("grpc-status:16")
    });
    assert!(in_header || in_trailers);
}
