use crate::harness::{Harness, paths};
use bitewing_core::{Ids as _, PatientId, SystemIds};
use bitewing_proto::document as pb;
use bitewing_testkit::TestCaller;

impl Harness {
    async fn page(&self, request: pb::ListDocumentsRequest) -> (Vec<String>, String) {
        let answer = self
            .documents()
            .list_documents(self.request(request))
            .await
            .unwrap();
        let answer = answer.into_inner();
        let ids = answer
            .documents
            .into_iter()
            .map(|document| document.document_id);
        (ids.collect(), answer.next_page_token)
    }
}

#[tokio::test]
async fn documents_are_listed_newest_first_page_by_page() {
    let h = Harness::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(
            0,
            h.announce(10, "application/pdf")
                .await
                .document
                .unwrap()
                .document_id,
        );
    }
    let mut token = String::new();
    let mut seen = Vec::new();
    for expected in [2, 2, 1] {
        let request = pb::ListDocumentsRequest {
            page_size: 2,
            page_token: token,
            ..Default::default()
        };
        let (ids, next) = h.page(request).await;
        assert_eq!(ids.len(), expected);
        seen.extend(ids);
        token = next;
    }
    assert_eq!((seen, token), (made, String::new()));
}

#[tokio::test]
async fn a_clinics_list_holds_its_own() {
    let h = Harness::start().await;
    let here = h.announce(10, "application/pdf").await.document.unwrap();
    let h = h.at_another_clinic();
    let there = h.announce(10, "application/pdf").await.document.unwrap();
    let request = pb::ListDocumentsRequest {
        clinic_id: there.clinic_id.clone(),
        ..Default::default()
    };
    assert_eq!(
        h.page(request).await.0,
        std::slice::from_ref(&there.document_id)
    );
    let caller = TestCaller::within(&h.caller, &[h.clinic]);
    let request = h.request_as(&caller, pb::ListDocumentsRequest::default());
    let seen = h
        .documents()
        .list_documents(request)
        .await
        .unwrap()
        .into_inner()
        .documents;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].document_id, there.document_id);
    let request = pb::ListDocumentsRequest {
        clinic_id: here.clinic_id,
        ..Default::default()
    };
    let refused = h
        .documents()
        .list_documents(h.request_as(&caller, request))
        .await;
    assert_eq!(crate::harness::why(refused), "CLINIC_NOT_FOUND");
}

#[tokio::test]
async fn links_are_listed_by_clinic_and_patient() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let first = h.create_link(h.link_request(&[&document])).await.unwrap();
    let second = h.create_link(h.link_request(&[&document])).await.unwrap();
    let list = async |request: pb::ListLinksRequest| {
        let answer = h
            .links()
            .list_links(h.request(request))
            .await
            .unwrap()
            .into_inner();
        let ids: Vec<_> = answer.links.into_iter().map(|link| link.link_id).collect();
        (ids, answer.next_page_token)
    };
    let all = [second.link_id, first.link_id];
    let patient = h.patient.to_string();
    assert_eq!(list(pb::ListLinksRequest::default()).await.0, all);
    let (page, token) = list(pb::ListLinksRequest {
        patient_id: patient.clone(),
        page_size: 1,
        ..Default::default()
    })
    .await;
    assert_eq!(page, all[..1]);
    let request = pb::ListLinksRequest {
        patient_id: patient,
        page_size: 1,
        page_token: token.clone(),
        ..Default::default()
    };
    assert_eq!(list(request).await.0, all[1..]);
    let other = PatientId::from_uuid(SystemIds.next()).to_string();
    assert!(
        list(pb::ListLinksRequest {
            patient_id: other,
            ..Default::default()
        })
        .await
        .0
        .is_empty()
    );

    // A token of one list is none of another.
    let forged = pb::ListLinksRequest {
        page_token: token.clone(),
        ..Default::default()
    };
    let refused = h.links().list_links(h.request(forged)).await.err().unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
    let forged = pb::ListDocumentsRequest {
        page_token: token,
        ..Default::default()
    };
    let refused = h
        .documents()
        .list_documents(h.request(forged))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
}
