use crate::harness::{Harness, external_id, paths};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;

#[tokio::test]
async fn pages_newest_first_without_gaps() {
    let h = Harness::start().await;
    let mut made = Vec::new();
    for number in 0..5 {
        let external_ids = vec![external_id("od", &number.to_string())];
        made.push(
            h.create(pb::Patient {
                external_ids,
                ..h.anne()
            })
            .await
            .unwrap()
            .patient_id,
        );
    }
    made.reverse();
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListPatientsRequest {
            page_size: 2,
            page_token: token,
            ..Default::default()
        };
        let page = h
            .client()
            .list_patients(h.request(request))
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.patients.into_iter().map(|patient| patient.patient_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn finds_by_external_id() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let find = |pair: &str| pb::ListPatientsRequest {
        external_id: pair.to_owned(),
        ..Default::default()
    };
    let found = h
        .client()
        .list_patients(h.request(find("opendental:1234")))
        .await
        .unwrap();
    assert_eq!(found.into_inner().patients[0].patient_id, made.patient_id);
    let none = h
        .client()
        .list_patients(h.request(find("opendental:9")))
        .await
        .unwrap();
    assert!(none.into_inner().patients.is_empty());
}

#[tokio::test]
async fn a_token_of_another_list_is_refused() {
    let h = Harness::start().await;
    for number in 0..2 {
        let external_ids = vec![external_id("od", &number.to_string())];
        h.create(pb::Patient {
            external_ids,
            ..h.anne()
        })
        .await
        .unwrap();
    }
    let request = pb::ListPatientsRequest {
        page_size: 1,
        ..Default::default()
    };
    let page = h
        .client()
        .list_patients(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let carried = pb::ListPatientsRequest {
        page_token: page.next_page_token,
        ..request
    };

    let other_filter = pb::ListPatientsRequest {
        show_deleted: true,
        ..carried.clone()
    };
    let refused = h
        .client()
        .list_patients(h.request(other_filter))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
    let stranger = TestCaller::fresh();
    let refused = h
        .client()
        .list_patients(h.request_as(&stranger, carried))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["page_token"]);
}
