use crate::harness::Harness;
use bitewing_proto::patient as pb;

#[tokio::test]
async fn hides_from_lists_and_comes_back() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let request = pb::DeletePatientRequest {
        patient_id: made.patient_id.clone(),
        etag: made.etag,
    };
    let deleted = h
        .client()
        .delete_patient(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(deleted.patient.unwrap().delete_time.is_some());

    let listed = h
        .client()
        .list_patients(h.request(pb::ListPatientsRequest::default()))
        .await
        .unwrap();
    assert!(listed.into_inner().patients.is_empty());

    let request = pb::UndeletePatientRequest {
        patient_id: made.patient_id,
    };
    let back = h
        .client()
        .undelete_patient(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(back.patient.unwrap().delete_time.is_none());
}
