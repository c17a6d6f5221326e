use crate::harness::{HOME, Harness, pdf, reason, until, why};
use bitewing_core::{DocumentId, Ids as _, SystemIds};
use bitewing_proto::document as pb;
use bitewing_testkit::TestCaller;
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::Method;
use tonic::Code;

const PART: usize = 8 * 1024 * 1024;

impl Harness {
    /// A patient's request for a file.
    fn file(&self, document: &str, session: &str) -> reqwest::RequestBuilder {
        self.http(Method::GET, &format!("/d/files/{document}"), None)
            .header("x-session-token", session)
            .header("x-forwarded-for", HOME)
    }
}

#[tokio::test]
async fn staff_reads_back_what_was_sent_in_any_range() {
    let h = Harness::start().await;
    let bytes = pdf(PART + 50_000);
    let document = h.upload(&bytes, "application/pdf").await;
    let path = format!("/v1/downloads/{}", document.document_id);
    let whole = h
        .http(Method::GET, &path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(whole.status(), 200);
    let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(whole.headers()["content-type"], "application/octet-stream");
    assert_eq!(
        whole.headers()["content-disposition"],
        "attachment; filename=\"Radiographie.pdf\"; filename*=UTF-8''Radiographie.pdf"
    );
    assert_eq!(whole.headers()["x-content-type-options"], "nosniff");
    assert!(whole.bytes().await.unwrap() == bytes);

    for (range, expected) in [
        ("bytes=0-0", 0..1),
        ("bytes=16383-16384", 16_383..16_385),
        ("bytes=8388607-8388608", PART - 1..PART + 1),
        ("bytes=-5", bytes.len() - 5..bytes.len()),
    ] {
        let part = h
            .http(Method::GET, &path, Some(&h.caller))
            .header("range", range);
        let part = part.header("if-range", &etag).send().await.unwrap();
        assert_eq!(part.status(), 206, "{range}");
        assert!(part.bytes().await.unwrap() == bytes[expected], "{range}");
    }
    let beyond = h
        .http(Method::GET, &path, Some(&h.caller))
        .header("range", "bytes=99999999-");
    let beyond = beyond.send().await.unwrap();
    assert_eq!(
        (beyond.status().as_u16(), &beyond.headers()["content-range"]),
        (416, &format!("bytes */{}", bytes.len()).parse().unwrap())
    );
    let head = h
        .http(Method::HEAD, &path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(
        head.headers()["content-length"],
        bytes.len().to_string().as_str()
    );

    let request = pb::DownloadDocumentRequest {
        document_id: document.document_id,
    };
    let stream = h
        .documents()
        .download_document(h.request(request))
        .await
        .unwrap()
        .into_inner();
    let pieces: Vec<_> = stream
        .map_ok(|piece| piece.chunk)
        .try_collect()
        .await
        .unwrap();
    assert!(
        pieces
            .iter()
            .all(|piece| piece.len() <= 1024 * 1024 + 16_384)
    );
    assert!(pieces.concat() == bytes);
}

#[tokio::test]
async fn staff_needs_the_right_and_the_clinic() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let path = format!("/v1/downloads/{}", document.document_id);
    let status = async |caller| {
        h.http(Method::GET, &path, caller)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(status(None).await, 401);
    let mut writer = h.caller.clone();
    writer.scopes = vec!["documents.write".to_owned()];
    assert_eq!(status(Some(&writer)).await, 403);
    assert_eq!(status(Some(&TestCaller::fresh())).await, 404);
    let uploading = h.announce(10, "application/pdf").await.document.unwrap();
    let path = format!("/v1/downloads/{}", uploading.document_id);
    let early = h
        .http(Method::GET, &path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(early.status(), 400);
    let request = pb::DownloadDocumentRequest {
        document_id: uploading.document_id,
    };
    let refused = h
        .documents()
        .download_document(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "DOCUMENT_NOT_READY".to_owned())
    );
    let absent = DocumentId::from_uuid(SystemIds.next()).to_string();
    let request = pb::DownloadDocumentRequest {
        document_id: absent,
    };
    assert_eq!(
        why(h.documents().download_document(h.request(request)).await),
        "DOCUMENT_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_patient_who_has_every_byte_once_has_completed_the_link() {
    let h = Harness::start().await;
    let bytes = pdf(2_000_000);
    let (one, other) = (h.upload(&bytes, "application/pdf").await, h.ready().await);
    let link = h
        .create_link(h.link_request(&[&one, &other]))
        .await
        .unwrap();
    let mut anne = h.holder(&h.token(&link).await, HOME);
    let session = h.unlocked(&mut anne).await.session_token;

    // Cut off in the middle, resumed behind, begun again: counted once.
    let first = h
        .file(&one.document_id, &session)
        .header("range", "bytes=0-999999");
    assert!(first.send().await.unwrap().bytes().await.unwrap() == bytes[..1_000_000]);
    let rest = h
        .file(&one.document_id, &session)
        .header("range", "bytes=900000-");
    assert!(rest.send().await.unwrap().bytes().await.unwrap() == bytes[900_000..]);
    let sent = "SELECT (upper(sent) - lower(sent))::bigint FROM link_documents WHERE position = 1";
    until(async || (h.count(sent).await == 2_000_000).then_some(())).await;
    let link = h.link(&link.link_id).await;
    assert_eq!((link.state(), link.unlocks), (pb::LinkState::Unlocked, 1));

    h.file(&other.document_id, &session)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    until(async || (h.link(&link.link_id).await.state() == pb::LinkState::Completed).then_some(()))
        .await;
    h.file(&other.document_id, &session)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let told = h.events(&link.link_id).await;
    assert_eq!(
        told,
        [
            "link.issued",
            "link.code_sent",
            "link.unlocked",
            "link.downloaded",
            "link.downloaded",
            "link.completed"
        ]
    );
}

#[tokio::test]
async fn only_what_the_link_opens_is_given() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let other = h.ready().await;
    let mut anne = h.holder(&token, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    let status = async |document: &str, session: &str| {
        h.file(document, session)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status(&link.document_ids[0], &session).await, 200);
    assert_eq!(status(&other.document_id, &session).await, 404);
    assert_eq!(status("doc_x", &session).await, 404);
    assert_eq!(status(&link.document_ids[0], &token).await, 401);
    assert_eq!(status(&link.document_ids[0], "").await, 401);
}

#[tokio::test]
async fn a_third_download_at_once_waits() {
    let h = Harness::start().await;
    let document = h.upload(&pdf(3 * PART), "application/pdf").await;
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    let mut anne = h.holder(&h.token(&link).await, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    let mut running = Vec::new();
    for _ in 0..2 {
        let mut bytes = h
            .file(&document.document_id, &session)
            .send()
            .await
            .unwrap()
            .bytes_stream();
        bytes.next().await.unwrap().unwrap();
        running.push(bytes);
    }
    let third = h
        .file(&document.document_id, &session)
        .send()
        .await
        .unwrap();
    assert_eq!(third.status(), 429);
    assert!(third.headers().contains_key("retry-after"));
    drop(running);
    until(async || {
        let again = h
            .file(&document.document_id, &session)
            .send()
            .await
            .unwrap();
        (again.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_damaged_document_breaks_off_instead_of_ending() {
    let h = Harness::start().await;
    let document = h.upload(&pdf(PART + 100), "application/pdf").await;
    let parts: Vec<_> = h.blobs.list().try_collect().await.unwrap();
    let second = parts.iter().find(|part| part.address.number == 1).unwrap();
    h.blobs.delete(&second.address).await.unwrap();
    let path = format!("/v1/downloads/{}", document.document_id);
    let answer = h
        .http(Method::GET, &path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.bytes().await.is_err(),
        "the connection must not end cleanly"
    );
}
