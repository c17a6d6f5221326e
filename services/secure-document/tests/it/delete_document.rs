use crate::harness::{HOME, Harness, until, why};
use bitewing_core::{DocumentId, Ids as _, SystemIds};
use bitewing_proto::document as pb;
use bitewing_testkit::TestCaller;
use futures_util::TryStreamExt as _;
use reqwest::Method;

#[tokio::test]
async fn deleting_destroys_the_key_the_links_and_the_bytes() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    let id = link.document_ids[0].clone();
    let request = pb::DeleteDocumentRequest {
        document_id: id.clone(),
    };
    let answer = h
        .documents()
        .delete_document(h.request(request.clone()))
        .await
        .unwrap();
    let document = answer.into_inner().document.unwrap();
    assert_eq!(document.state(), pb::DocumentState::Shredded);
    assert_eq!(
        (document.file_name.as_str(), document.sha256.as_str()),
        ("", "")
    );

    assert_eq!(h.count("SELECT count(*) FROM document_keys").await, 0);
    let ended = h.link(&link.link_id).await;
    assert_eq!(
        (ended.state(), ended.reason.as_str()),
        (pb::LinkState::Revoked, "DOCUMENT_DELETED")
    );
    assert_eq!(why(anne.files(&h, &session).await), "SESSION_ENDED");
    assert_eq!(why(anne.open(&h).await), "LINK_GONE");
    until(async || {
        let left: Vec<_> = h.blobs.list().try_collect().await.unwrap();
        left.is_empty().then_some(())
    })
    .await;
    let path = format!("/v1/downloads/{id}");
    let gone = h
        .http(Method::GET, &path, Some(&h.caller))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), 400);

    h.documents()
        .delete_document(h.request(request))
        .await
        .unwrap();
    assert_eq!(h.events(&id).await, ["document.ready", "document.shredded"]);
}

#[tokio::test]
async fn another_organizations_document_is_not_there() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let stranger = TestCaller::fresh();
    let absent = DocumentId::from_uuid(SystemIds.next()).to_string();
    let mut answers = Vec::new();
    for id in [document.document_id.clone(), absent] {
        let delete = pb::DeleteDocumentRequest {
            document_id: id.clone(),
        };
        let delete = h
            .documents()
            .delete_document(h.request_as(&stranger, delete))
            .await;
        let get = pb::GetDocumentRequest { document_id: id };
        let get = h
            .documents()
            .get_document(h.request_as(&stranger, get))
            .await;
        let statuses = [delete.err().unwrap(), get.err().unwrap()];
        answers.push(statuses.map(|status| {
            (
                status.code(),
                status.message().to_owned(),
                status.details().to_vec(),
            )
        }));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(h.document(&document.document_id).await.is_ok());
}
