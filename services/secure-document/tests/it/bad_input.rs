use crate::harness::{HOME, Harness, paths, reason};
use bitewing_proto::document as pb;
use tonic::Code;

#[tokio::test]
async fn empty_requests_name_what_is_missing() {
    let h = Harness::start().await;
    let (mut documents, mut links) = (h.documents(), h.links());
    let refusals = [
        documents
            .get_document(h.request(pb::GetDocumentRequest::default()))
            .await
            .err(),
        documents
            .delete_document(h.request(pb::DeleteDocumentRequest::default()))
            .await
            .err(),
        documents
            .download_document(h.request(pb::DownloadDocumentRequest::default()))
            .await
            .err(),
        links
            .get_link(h.request(pb::GetLinkRequest::default()))
            .await
            .err(),
        links
            .revoke_link(h.request(pb::RevokeLinkRequest::default()))
            .await
            .err(),
        links
            .reissue_link(h.request(pb::ReissueLinkRequest::default()))
            .await
            .err(),
    ];
    let named: Vec<_> = refusals
        .into_iter()
        .map(|refused| paths(&refused.unwrap()))
        .collect();
    let (document, link) = (["document_id"], ["link_id"]);
    assert_eq!(named, [document, document, document, link, link, link]);
}

#[tokio::test]
async fn nonsense_in_lists_is_named() {
    let h = Harness::start().await;
    let request = pb::ListLinksRequest {
        clinic_id: "pat_1".to_owned(),
        patient_id: "x".to_owned(),
        page_size: -1,
        page_token: "AAAA".to_owned(),
        state: 99,
        delivery: -1,
    };
    let refused = h
        .links()
        .list_links(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        paths(&refused),
        [
            "page_size",
            "page_token",
            "clinic_id",
            "patient_id",
            "state",
            "delivery"
        ]
    );
}

#[tokio::test]
async fn codes_of_any_shape_are_wrong_and_no_fault() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let (challenge, _) = h.challenged(&mut anne).await;
    let long = "1".repeat(1_000_000);
    for code in ["", "12345", "abcdef", "१२३४५६", &long] {
        let refused = anne.verify(&h, &challenge, code).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::Unauthenticated, "CODE_WRONG".to_owned())
        );
    }
    for channel in [0, 7, i32::MIN] {
        let request = pb::SendCodeRequest {
            token: token.clone(),
            channel,
        };
        let refused = anne
            .client
            .send_code(h.visit(HOME, request))
            .await
            .err()
            .unwrap();
        assert_eq!(paths(&refused), ["channel"]);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let h = Harness::start().await;
    let request = tonic::Request::new(pb::GetLinkRequest::default());
    let refused = h.links().get_link(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
    );
    let mut anne = h.holder("x", HOME);
    let request = tonic::Request::new(pb::OpenLinkRequest::default());
    let refused = anne.client.open_link(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
    );
}
