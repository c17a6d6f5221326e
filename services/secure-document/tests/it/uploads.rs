use crate::harness::{Harness, paths, pdf, reason, until, why};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::document as pb;
use bitewing_proto::document::upload_document_request::Part;
use bitewing_testkit::TestCaller;
use reqwest::Method;
use sha2_hex::sha256;
use tonic::Code;

const PART: usize = 8 * 1024 * 1024;

/// SHA-256 by the library the service does not hash documents with in this test.
mod sha2_hex {
    pub(super) fn sha256(bytes: &[u8]) -> String {
        hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
    }
}

#[tokio::test]
async fn a_file_sent_in_one_go_becomes_ready() {
    let h = Harness::start().await;
    let bytes = pdf(100_000);
    let announced = h.announce(bytes.len(), "application/pdf").await;
    let document = announced.document.unwrap();
    assert_eq!(document.state(), pb::DocumentState::Uploading);
    assert_eq!(
        announced.upload_path,
        format!("/v1/uploads/{}", announced.upload_id)
    );
    let answer = h.patch(&announced.upload_path, 0, bytes.clone()).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["upload-offset"]),
        (204, &"100000".parse().unwrap())
    );
    let document = h.checked(&document.document_id).await;
    assert_eq!(document.state(), pb::DocumentState::Ready);
    assert_eq!(document.sha256, sha256(&bytes));
    assert_eq!(h.events(&document.document_id).await, ["document.ready"]);
}

#[tokio::test]
async fn an_interrupted_upload_goes_on_behind_its_last_whole_part() {
    let h = Harness::start().await;
    let bytes = pdf(2 * PART + 1_000);
    let announced = h.announce(bytes.len(), "application/pdf").await;
    let path = &announced.upload_path;
    let answer = h.patch(path, 0, bytes[..PART + 5_000].to_vec()).await;
    assert_eq!(answer.headers()["upload-offset"], PART.to_string().as_str());

    // Stored, but the process died before the row was committed: nobody knows the part.
    let lost = h.count("SELECT count(*) FROM parts").await;
    assert_eq!(lost, 1);
    h.sql("DELETE FROM parts").await;
    let head = h
        .http(Method::HEAD, path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(head.headers()["upload-offset"], "0");
    assert_eq!(
        head.headers()["upload-length"],
        bytes.len().to_string().as_str()
    );

    let answer = h.patch(path, 0, bytes[..PART].to_vec()).await;
    assert_eq!(answer.headers()["upload-offset"], PART.to_string().as_str());
    let answer = h.patch(path, PART, bytes[PART..].to_vec()).await;
    assert_eq!(
        answer.headers()["upload-offset"],
        bytes.len().to_string().as_str()
    );
    let document = h.checked(&announced.document.unwrap().document_id).await;
    assert_eq!(
        (document.state(), document.sha256),
        (pb::DocumentState::Ready, sha256(&bytes))
    );
    let head = h
        .http(Method::HEAD, path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(
        head.headers()["upload-offset"],
        bytes.len().to_string().as_str()
    );
}

#[tokio::test]
async fn of_two_clients_at_the_same_offset_one_wins() {
    let h = Harness::start().await;
    let bytes = pdf(PART + 10);
    let announced = h.announce(bytes.len(), "application/pdf").await;
    let path = &announced.upload_path;
    let (one, other) = tokio::join!(
        h.patch(path, 0, bytes.clone()),
        h.patch(path, 0, bytes.clone())
    );
    let mut answers = [one.status().as_u16(), other.status().as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [204, 409]);
    let document = h.checked(&announced.document.unwrap().document_id).await;
    assert_eq!(
        (document.state(), document.sha256),
        (pb::DocumentState::Ready, sha256(&bytes))
    );
}

#[tokio::test]
async fn the_protocol_is_kept() {
    let h = Harness::start().await;
    let announced = h.announce(1_000, "application/pdf").await;
    let path = announced.upload_path.as_str();
    let options = h
        .http(Method::OPTIONS, path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(options.headers()["tus-version"], "1.0.0");
    assert_eq!(options.headers()["tus-max-size"], "524288000");
    assert_eq!(h.patch(path, 5, pdf(995)).await.status(), 409);
    assert_eq!(h.patch(path, 0, pdf(1_001)).await.status(), 400);
    let small = h.patch(path, 0, pdf(10)).await;
    assert_eq!(small.status(), 400);
    assert_eq!(
        small.json::<serde_json::Value>().await.unwrap()["reason"],
        "PIECE_TOO_SMALL"
    );
    let plain = h
        .http(Method::PATCH, path, Some(&h.caller))
        .header("upload-offset", 0)
        .body("x");
    assert_eq!(plain.send().await.unwrap().status(), 415);
    let old = h
        .http(Method::PATCH, path, Some(&h.caller))
        .header("tus-resumable", "0.2.2")
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream");
    assert_eq!(old.send().await.unwrap().status(), 412);
}

#[tokio::test]
async fn uploads_are_their_organizations_own() {
    let h = Harness::start().await;
    let announced = h.announce(1_000, "application/pdf").await;
    let path = announced.upload_path.as_str();
    let stranger = TestCaller::fresh();
    let elsewhere = TestCaller::within(&h.caller, &[ClinicId::from_uuid(SystemIds.next())]);
    for caller in [&stranger, &elsewhere] {
        let head = h
            .http(Method::HEAD, path, Some(caller))
            .send()
            .await
            .unwrap();
        assert_eq!(head.status(), 404);
        let gone = h
            .http(Method::DELETE, path, Some(caller))
            .send()
            .await
            .unwrap();
        assert_eq!(gone.status(), 404);
    }
    let nobody = h.http(Method::HEAD, path, None).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let mut reader = h.caller.clone();
    reader.scopes = vec!["documents.read".to_owned()];
    let head = h
        .http(Method::HEAD, path, Some(&reader))
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), 403);
}

#[tokio::test]
async fn a_cancelled_upload_leaves_nothing() {
    let h = Harness::start().await;
    let announced = h.announce(2 * PART, "application/pdf").await;
    let path = announced.upload_path.as_str();
    assert_eq!(h.patch(path, 0, pdf(PART)).await.status(), 204);
    let answer = h
        .http(Method::DELETE, path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    let head = h
        .http(Method::HEAD, path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), 404);
    let document = h
        .document(&announced.document.unwrap().document_id)
        .await
        .unwrap();
    assert_eq!(document.state(), pb::DocumentState::Shredded);
    until(async || stored(&h).await.is_empty().then_some(())).await;
}

#[tokio::test]
async fn an_abandoned_upload_is_given_up_after_a_day() {
    let h = Harness::start().await;
    let announced = h.announce(2 * PART, "application/pdf").await;
    assert_eq!(
        h.patch(&announced.upload_path, 0, pdf(PART)).await.status(),
        204
    );
    h.pass(24 * 60 + 1).await;
    let id = announced.document.unwrap().document_id;
    let document = until(async || {
        let document = h.document(&id).await.unwrap();
        (document.state() == pb::DocumentState::Shredded).then_some(document)
    })
    .await;
    assert_eq!(document.reason, "UPLOAD_ABANDONED");
    until(async || stored(&h).await.is_empty().then_some(())).await;
}

async fn stored(h: &Harness) -> Vec<String> {
    use futures_util::TryStreamExt as _;
    let parts: Vec<_> = h.blobs.list().try_collect().await.unwrap();
    parts.iter().map(|part| part.address.to_string()).collect()
}

#[tokio::test]
async fn what_is_not_what_it_says_is_rejected() {
    let h = Harness::start().await;
    let document = h
        .upload(b"<html><script>alert(1)</script></html>", "application/pdf")
        .await;
    assert_eq!(
        (document.state(), document.reason.as_str()),
        (pb::DocumentState::Rejected, "TYPE_MISMATCH")
    );
    assert_eq!(h.events(&document.document_id).await, ["document.rejected"]);
    let refused = h.create_link(h.link_request(&[&document])).await;
    assert_eq!(why(refused), "DOCUMENT_NOT_READY");
}

#[tokio::test]
async fn announcements_name_every_fault() {
    let h = Harness::start().await;
    let request = pb::CreateUploadRequest {
        clinic_id: "doc_x".to_owned(),
        file_name: "../x\u{202e}.pdf".to_owned(),
        media_type: "text/html".to_owned(),
        size: 524_288_001,
        request_id: "7".to_owned(),
    };
    let refused = h
        .documents()
        .create_upload(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused).0, Code::InvalidArgument);
    assert_eq!(
        paths(&refused),
        ["clinic_id", "file_name", "media_type", "size", "request_id"]
    );
}

#[tokio::test]
async fn an_unknown_clinic_is_not_found() {
    let h = Harness::start().await;
    let mut request = pb::CreateUploadRequest {
        clinic_id: ClinicId::from_uuid(SystemIds.next()).to_string(),
        file_name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 10,
        request_id: String::new(),
    };
    let refused = h
        .documents()
        .create_upload(h.request(request.clone()))
        .await;
    assert_eq!(why(refused), "CLINIC_NOT_FOUND");
    request.clinic_id = h.clinic.to_string();
    let stranger = TestCaller::fresh();
    let refused = h
        .documents()
        .create_upload(h.request_as(&stranger, request))
        .await;
    assert_eq!(why(refused), "CLINIC_NOT_FOUND");
}

#[tokio::test]
async fn a_repeated_announcement_is_answered_once() {
    let h = Harness::start().await;
    let mut request = pb::CreateUploadRequest {
        clinic_id: h.clinic.to_string(),
        file_name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 10,
        request_id: SystemIds.next().to_string(),
    };
    let first = h
        .documents()
        .create_upload(h.request(request.clone()))
        .await
        .unwrap();
    let again = h
        .documents()
        .create_upload(h.request(request.clone()))
        .await
        .unwrap();
    assert_eq!(first.into_inner().upload_id, again.into_inner().upload_id);
    request.size = 11;
    let reused = h.documents().create_upload(h.request(request)).await;
    assert_eq!(why(reused), "REQUEST_ID_REUSED");
}

fn messages(
    h: &Harness,
    announced: i64,
    bytes: &[u8],
    request_id: &str,
) -> Vec<pb::UploadDocumentRequest> {
    let announcement = pb::UploadAnnouncement {
        clinic_id: h.clinic.to_string(),
        file_name: "Plan.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: announced,
        request_id: request_id.to_owned(),
    };
    let chunks = bytes
        .chunks(500_000)
        .map(|chunk| Part::Chunk(chunk.to_vec()));
    let parts = std::iter::once(Part::Announcement(announcement)).chain(chunks);
    parts
        .map(|part| pb::UploadDocumentRequest { part: Some(part) })
        .collect()
}

#[tokio::test]
async fn a_stream_of_messages_uploads_too() {
    let h = Harness::start().await;
    let bytes = pdf(PART + 700_000);
    let id = SystemIds.next().to_string();
    let sent = messages(&h, bytes.len() as i64, &bytes, &id);
    let request = h.request(tokio_stream::iter(sent.clone()));
    let answer = h
        .documents()
        .upload_document(request)
        .await
        .unwrap()
        .into_inner();
    let document = h.checked(&answer.document.unwrap().document_id).await;
    assert_eq!(
        (document.state(), document.sha256),
        (pb::DocumentState::Ready, sha256(&bytes))
    );
    let again = h
        .documents()
        .upload_document(h.request(tokio_stream::iter(sent)))
        .await
        .unwrap();
    assert_eq!(
        again.into_inner().document.unwrap().document_id,
        document.document_id
    );
}

#[tokio::test]
async fn a_stream_must_keep_its_word() {
    let h = Harness::start().await;
    let bytes = pdf(1_000);
    for announced in [999, 1_001] {
        let sent = tokio_stream::iter(messages(&h, announced, &bytes, ""));
        let refused = h
            .documents()
            .upload_document(h.request(sent))
            .await
            .err()
            .unwrap();
        assert_eq!(
            reason(&refused),
            (Code::InvalidArgument, "SIZE_MISMATCH".to_owned())
        );
    }
    let sent = tokio_stream::iter(messages(&h, 1_000, &bytes, "").split_off(1));
    let refused = h
        .documents()
        .upload_document(h.request(sent))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["announcement"]);
    let mut sent = messages(&h, 3_000_000, &[], "");
    sent.push(pb::UploadDocumentRequest {
        part: Some(Part::Chunk(vec![0; 1024 * 1024 + 1])),
    });
    let refused = h
        .documents()
        .upload_document(h.request(tokio_stream::iter(sent)))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["chunk"]);
}
