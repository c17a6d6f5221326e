use crate::harness::{Harness, paths, reason};
use bitewing_proto::patient as pb;
use tonic::Code;

#[tokio::test]
async fn empty_requests_name_what_is_missing() {
    let h = Harness::start().await;
    let refused = h
        .client()
        .create_patient(h.request(pb::CreatePatientRequest::default()))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["patient"]);
    let refused = h
        .client()
        .get_patient(h.request(pb::GetPatientRequest::default()))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["patient_id"]);
    let refused = h
        .client()
        .update_patient(h.request(pb::UpdatePatientRequest::default()))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["patient.patient_id"]);
}

#[tokio::test]
async fn nonsense_in_a_list_is_named() {
    let h = Harness::start().await;
    let request = pb::ListPatientsRequest {
        clinic_id: "pat_01h455vb4pex5vsknk084sn02q".to_owned(),
        updated_since: Some(prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: -1,
        }),
        external_id: "no colon".to_owned(),
        page_size: -5,
        page_token: "AAAA".to_owned(),
        ..Default::default()
    };
    let refused = h
        .client()
        .list_patients(h.request(request))
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused).0, Code::InvalidArgument);
    assert_eq!(
        paths(&refused),
        [
            "page_size",
            "page_token",
            "clinic_id",
            "updated_since",
            "external_id"
        ]
    );
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let h = Harness::start().await;
    let request = tonic::Request::new(pb::GetPatientRequest::default());
    let refused = h.client().get_patient(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
    );
}
