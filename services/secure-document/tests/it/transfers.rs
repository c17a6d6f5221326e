//! Transfers that are cut off, stand still, or run at once on two instances.

use crate::harness::{HOME, Harness, pdf, until};
use bitewing_core::{Entropy as _, SystemEntropy};
use bitewing_proto::document as pb;
use bitewing_secure_document::sweep;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Body, Method};
use std::io;
use std::time::Duration;

const PART: usize = 8 * 1024 * 1024;

impl Harness {
    fn patients_file(&self, document: &str, session: &str) -> reqwest::RequestBuilder {
        self.http(Method::GET, &format!("/d/files/{document}"), None)
            .header("x-session-token", session)
            .header("x-forwarded-for", HOME)
    }

    async fn offset(&self, path: &str) -> usize {
        let head = self.http(Method::HEAD, path, Some(&self.caller));
        let head = head.send().await.unwrap();
        let offset = head.headers()["upload-offset"].to_str().unwrap();
        offset.parse().unwrap()
    }

    /// Sends the rest of a file and breaks the connection off after so many bytes.
    async fn cut(&self, path: &str, offset: usize, rest: &[u8], after: usize) {
        let sent = Bytes::copy_from_slice(&rest[..after.min(rest.len())]);
        let pieces: Vec<io::Result<Bytes>> = sent
            .chunks(100_000)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .chain([Err(io::Error::other("the line is cut"))])
            .collect();
        let request = self
            .http(Method::PATCH, path, Some(&self.caller))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream");
        let answer = request.body(Body::wrap_stream(stream::iter(pieces))).send();
        assert!(answer.await.is_err());
    }

    /// A session to a file of so many bytes.
    async fn session(&self, bytes: &[u8]) -> (pb::Link, String) {
        let document = self.upload(bytes, "application/pdf").await;
        let link = self
            .create_link(self.link_request(&[&document]))
            .await
            .unwrap();
        let mut anne = self.holder(&self.token(&link).await, HOME);
        let session = self.unlocked(&mut anne).await.session_token;
        (link, session)
    }
}

fn below(most: usize) -> usize {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    (u64::from_le_bytes(bytes) % most as u64) as usize
}

#[tokio::test]
async fn an_upload_cut_at_random_points_on_two_instances_ends_whole_and_leaves_nothing() {
    let mut h = Harness::start().await;
    let bytes = pdf(2 * PART + 12_345);
    let announced = h.announce(bytes.len(), "application/pdf").await;
    let path = announced.upload_path;
    for _ in 0..12 {
        let offset = h.offset(&path).await;
        let rest = &bytes[offset..];
        h.cut(&path, offset, rest, below(rest.len())).await;
        // The process is another one each time, over the same database and bytes.
        let deps = h.deps();
        h.use_instance(deps).await;
    }
    until(async || {
        let offset = h.offset(&path).await;
        let answer = h.patch(&path, offset, bytes[offset..].to_vec()).await;
        (answer.status() == 204).then_some(())
    })
    .await;
    let document = h.checked(&announced.document.unwrap().document_id).await;
    assert_eq!(document.state(), pb::DocumentState::Ready);
    let path = format!("/v1/downloads/{}", document.document_id);
    let read = h.http(Method::GET, &path, Some(&h.caller)).send().await;
    assert!(read.unwrap().bytes().await.unwrap() == bytes);
    h.test.clock.advance(time::Duration::hours(49));
    sweep(&h.deps()).await.unwrap();
    let stored: Vec<_> = h.blobs.list().try_collect().await.unwrap();
    assert_eq!(stored.len(), 3, "the parts of the file and no others");
}

#[tokio::test]
async fn two_instances_share_the_two_downloads_of_a_link() {
    let mut h = Harness::start().await;
    let (link, session) = h.session(&pdf(3 * PART)).await;
    let file = link.document_ids[0].clone();
    let mut running = Vec::new();
    for _ in 0..2 {
        let answer = h.patients_file(&file, &session).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut bytes = answer.bytes_stream();
        bytes.next().await.unwrap().unwrap();
        running.push(bytes);
        let deps = h.deps();
        h.use_instance(deps).await;
    }
    let third = h.patients_file(&file, &session).send().await.unwrap();
    assert_eq!(third.status(), 429);
    drop(running);
    until(async || {
        let again = h.patients_file(&file, &session).send().await.unwrap();
        (again.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_places_of_a_process_that_died_are_free_soon() {
    let h = Harness::start().await;
    let (link, session) = h.session(&pdf(3_000)).await;
    let id: bitewing_core::LinkId = link.link_id.parse().unwrap();
    for _ in 0..2 {
        h.sql(&format!(
            "INSERT INTO downloads VALUES ('{}', gen_random_uuid(), '{}', now())",
            h.caller.organization().uuid(),
            id.uuid()
        ))
        .await;
    }
    let status = async || {
        let request = h.patients_file(&link.document_ids[0], &session);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status().await, 429);
    h.sql("UPDATE downloads SET seen_at = seen_at - interval '3 minutes'")
        .await;
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn a_reader_that_stands_still_gives_its_place_up_and_resumes_behind() {
    let mut h = Harness::start().await;
    let bytes = pdf(4 * PART);
    let (link, session) = h.session(&bytes).await;
    let mut deps = h.deps();
    deps.patience = Duration::from_millis(300);
    h.use_instance(deps).await;
    let file = &link.document_ids[0];
    let answer = h.patients_file(file, &session).send().await.unwrap();
    let mut stream = answer.bytes_stream();
    let mut got = stream.next().await.unwrap().unwrap().to_vec();
    // The reader reads no more; what it was sent lies in buffers on the way.
    until(async || (h.count("SELECT count(*) FROM downloads").await == 0).then_some(())).await;
    let mut broken = false;
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => got.extend_from_slice(&piece),
            Err(_) => broken = true,
        }
    }
    assert!(broken, "what is cut off must not look whole");
    assert!(got.len() < bytes.len() && got == bytes[..got.len()]);
    let rest = h
        .patients_file(file, &session)
        .header("range", format!("bytes={}-", got.len()));
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status(), 206);
    got.extend_from_slice(&rest.bytes().await.unwrap());
    assert!(got == bytes);
}

#[tokio::test]
async fn a_client_that_stops_sending_is_dropped_and_goes_on_where_it_was() {
    let mut h = Harness::start().await;
    let bytes = pdf(2 * PART);
    let announced = h.announce(bytes.len(), "application/pdf").await;
    let path = announced.upload_path;
    let mut deps = h.deps();
    deps.patience = Duration::from_millis(300);
    h.use_instance(deps).await;
    let first = Bytes::copy_from_slice(&bytes[..PART + 1_000]);
    let silent = stream::iter([Ok::<_, io::Error>(first)]).chain(stream::pending());
    let request = h
        .http(Method::PATCH, &path, Some(&h.caller))
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream");
    let answer = request.body(Body::wrap_stream(silent)).send().await;
    // It is answered that it stalled, or the connection is gone; never that all is well.
    assert!(answer.map_or(true, |answer| answer.status() == 504));
    assert_eq!(h.offset(&path).await, PART, "the whole part is safe");
    let rest = h.patch(&path, PART, bytes[PART..].to_vec()).await;
    assert_eq!(rest.status(), 204);
}

#[tokio::test]
async fn ranges_at_once_count_as_one_unlock_and_one_download() {
    let h = Harness::start().await;
    let bytes = pdf(2_000_000);
    let (link, session) = h.session(&bytes).await;
    let file = &link.document_ids[0];
    let ranges = ["bytes=0-999999", "bytes=1000000-"];
    let both = ranges.map(|range| {
        h.patients_file(file, &session)
            .header("range", range)
            .send()
    });
    for answer in futures_util::future::join_all(both).await {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 206);
        answer.bytes().await.unwrap();
    }
    until(async || (h.link(&link.link_id).await.state() == pb::LinkState::Completed).then_some(()))
        .await;
    let link = h.link(&link.link_id).await;
    assert_eq!(link.unlocks, 1);
    let whole = |kind| {
        link.receipts
            .iter()
            .filter(move |r| r.kind() == kind)
            .count()
    };
    assert_eq!(whole(pb::LinkReceiptKind::Downloaded), 1);
    assert_eq!(whole(pb::LinkReceiptKind::Completed), 1);
}

#[tokio::test]
async fn a_forged_hop_does_not_change_who_an_address_is() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut attacker = h.holder(&token, HOME);
    let (challenge, code) = h.challenged(&mut attacker).await;
    let bad = crate::harness::wrong(&code);
    for turn in 0..5 {
        // What a client writes stands to the left of what the gateway saw.
        attacker.address = format!("10.0.0.{turn}, {HOME}");
        let _ = attacker.verify(&h, &challenge, &bad).await;
    }
    attacker.address = format!("10.9.9.9, {HOME}");
    let refused = attacker.verify(&h, &challenge, &code).await;
    assert_eq!(crate::harness::why(refused), "CODE_LIMIT_REACHED");
}
