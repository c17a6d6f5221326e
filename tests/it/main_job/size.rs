//! A large document passes through in little memory.

use crate::suite::json::text;
use crate::suite::patient::Holder;
use crate::suite::seeded::Seeded;
use crate::suite::settings::Settings;
use crate::suite::{Chain, Child};
use futures_util::{StreamExt as _, stream};
use reqwest::{Body, Method};
use serde_json::json;

/// A fifth of the largest document: in a build without optimisation more would only take longer, while
/// memory that grows with the document shows as well.
const SIZE: usize = 96 << 20;
const PIECE: usize = 1 << 20;
/// What the whole suite may need for it, all five services together.
const ALLOWED: u64 = 200 << 20;

/// The bytes of the document, a piece at a time: they repeat, so nothing is kept here either.
fn pieces() -> impl Iterator<Item = Vec<u8>> {
    let text = hex::encode(Seeded::new(11).bytes(PIECE / 2)).into_bytes();
    (0..SIZE / PIECE).map(move |nth| {
        let mut piece = text.clone();
        piece[..8].copy_from_slice(format!("{nth:08}").as_bytes());
        piece
    })
}

#[tokio::test]
async fn a_large_document_passes_through_in_little_memory() {
    let settings = Settings::fresh().await;
    let child = Child::start(&settings).await;
    let chain = Chain::found(&child.site).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    // What a first small document needs is not counted: pools, caches, code.
    chain.document(&clinic, b"agreement").await;
    let before = child.peak_memory();

    let announcement = json!({
        "clinicId": clinic, "fileName": "Scan.txt", "mediaType": "text/plain", "size": SIZE.to_string(),
    });
    let upload = chain.json.post("/v1/uploads", announcement).await;
    let document = text(&upload["document"], "documentId");
    let body = Body::wrap_stream(stream::iter(pieces().map(Ok::<_, std::io::Error>)));
    let request = chain
        .json
        .request(Method::PATCH, &text(&upload, "uploadPath"))
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", "0")
        .header("content-type", "application/offset+octet-stream")
        .body(body);
    let answer = chain.json.send(request).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    chain.wait_until_checked(&document).await;
    let link = chain.link(&patient, &document).await;
    let token = chain.token_in_mail(&patient, 0).await;
    let mut holder = Holder::of(&child.site, &token);
    let session = holder.unlock(&chain, &patient).await;

    let client = child.site.anonymous();
    let request = client.request(Method::GET, &format!("/d/files/{document}"));
    let response = request
        .header("x-session-token", &session)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let mut received = 0;
    let mut bytes = response.bytes_stream();
    while let Some(piece) = bytes.next().await {
        let piece = piece.unwrap();
        received += piece.len();
        digest.update(&piece);
    }
    assert_eq!(received, SIZE);
    let mut sent = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    pieces().for_each(|piece| sent.update(&piece));
    let sent = hex::encode(sent.finish());
    assert_eq!(hex::encode(digest.finish()), sent);
    let kept = chain.json.get(&format!("/v1/documents/{document}")).await;
    assert_eq!(text(&kept["document"], "sha256"), sent);
    chain.wait_for_state(&link, "LINK_STATE_COMPLETED").await;

    let grown = child.peak_memory().saturating_sub(before);
    assert!(
        grown < ALLOWED,
        "{} MiB for a document of {} MiB",
        grown >> 20,
        SIZE >> 20
    );
    child.stop().await;
}
