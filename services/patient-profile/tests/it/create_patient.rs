use crate::harness::{Harness, external_id, paths, phone, reason};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::Code;

#[tokio::test]
async fn normalises_addresses_and_reads_back() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let read = h.get(&h.caller, &made.patient_id).await.unwrap();
    let values: Vec<_> = read
        .contact_points
        .iter()
        .map(|point| point.value.as_str())
        .collect();
    assert_eq!(values, ["+15148731234", "anne.cote@example.org"]);
    assert_eq!(
        (read.language.as_str(), read.etag.as_str()),
        ("fr", "\"1\"")
    );
    assert!(made == read);
}

#[tokio::test]
async fn names_every_fault_with_its_path() {
    let h = Harness::start().await;
    let patient = pb::Patient {
        given_name: "a\u{202e}b".to_owned(),
        language: "klingon".to_owned(),
        contact_points: vec![phone("+15148731234"), phone("12"), phone("514 873 1234")],
        external_ids: vec![external_id("Open Dental", "1")],
        birth_date: Some(pb::Date {
            year: 2001,
            month: 2,
            day: 29,
        }),
        address_form: 9,
        ..h.anne()
    };
    let refused = h.create(patient).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    assert_eq!(
        paths(&refused),
        [
            "patient.given_name",
            "patient.external_ids[0]",
            "patient.contact_points[1].value",
            "patient.contact_points[2].value",
            "patient.birth_date",
            "patient.language",
            "patient.address_form",
        ]
    );
}

#[tokio::test]
async fn an_external_id_belongs_to_one_patient() {
    let h = Harness::start().await;
    h.create(h.anne()).await.unwrap();
    let refused = h.create(h.anne()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "EXTERNAL_ID_TAKEN".to_owned())
    );
}

#[tokio::test]
async fn a_clinic_of_another_organization_is_unknown() {
    let h = Harness::start().await;
    let stranger = TestCaller::fresh();
    let theirs = h.add_clinic(&stranger, "FR");
    let patient = pb::Patient {
        clinic_id: theirs.to_string(),
        ..h.anne()
    };
    let refused = h.create(patient).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let h = Harness::start().await;
    let request = pb::CreatePatientRequest {
        patient: Some(h.anne()),
        request_id: "5f3c9c5e-6b1c-4a53-9a3e-0d2f3a1c7e11".to_owned(),
    };
    let first = h
        .client()
        .create_patient(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    let again = h
        .client()
        .create_patient(h.request(request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert!(first == again);

    let mut other = request;
    other.patient.as_mut().unwrap().given_name = "Marie".to_owned();
    let refused = h
        .client()
        .create_patient(h.request(other))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}
