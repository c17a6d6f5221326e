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

#[tokio::test]
async fn changes_come_oldest_first_and_go_on_without_gaps() {
    let h = Harness::start().await;
    let mut made = Vec::new();
    for number in 0..5 {
        let external_ids = vec![external_id("od", &number.to_string())];
        let patient = pb::Patient {
            external_ids,
            ..h.anne()
        };
        made.push(h.create(patient).await.unwrap());
        h.test.clock.advance(time::Duration::MINUTE);
    }
    let since = made[1].update_time;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListPatientsRequest {
            updated_since: since,
            page_size: 2,
            page_token: token,
            ..Default::default()
        };
        let page = h.client().list_patients(h.request(request)).await;
        let page = page.unwrap().into_inner();
        seen.extend(page.patients.into_iter().map(|patient| patient.patient_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let expected: Vec<_> = made[1..]
        .iter()
        .map(|patient| patient.patient_id.clone())
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_clinics_list_and_a_callers_clinics_are_found_in_their_own_index() {
    let h = Harness::start().await;
    let other = h.add_clinic(&h.caller, "CA");
    let mut made = Vec::new();
    for (number, clinic) in [(0, h.clinic), (1, other), (2, h.clinic), (3, other)] {
        let patient = pb::Patient {
            external_ids: vec![external_id("od", &number.to_string())],
            clinic_id: clinic.to_string(),
            ..h.anne()
        };
        made.push(h.create(patient).await.unwrap().patient_id);
    }
    let list = async |caller: &bitewing_auth::Caller, clinic_id: String| {
        let request = pb::ListPatientsRequest {
            clinic_id,
            ..Default::default()
        };
        let page = h
            .client()
            .list_patients(h.request_as(caller, request))
            .await;
        let patients = page.unwrap().into_inner().patients.into_iter();
        patients
            .map(|patient| patient.patient_id)
            .collect::<Vec<_>>()
    };
    let of_other = [made[3].clone(), made[1].clone()];
    assert_eq!(list(&h.caller, other.to_string()).await, of_other);
    let neighbour = TestCaller::within(&h.caller, &[other]);
    assert_eq!(list(&neighbour, String::new()).await, of_other);
    let both = TestCaller::within(&h.caller, &[h.clinic, other]);
    made.reverse();
    assert_eq!(list(&both, String::new()).await, made);
}
