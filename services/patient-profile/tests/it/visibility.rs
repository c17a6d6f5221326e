use crate::harness::{Harness, reason};
use bitewing_proto::patient as pb;
use bitewing_testkit::TestCaller;
use tonic::{Code, Status};

/// Everything a client sees of a refusal.
fn bytes(status: &Status) -> (Code, String, Vec<u8>) {
    (
        status.code(),
        status.message().to_owned(),
        status.details().to_vec(),
    )
}

#[tokio::test]
async fn another_organizations_patient_is_absent_to_the_byte() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let stranger = TestCaller::fresh();
    let foreign = h.get(&stranger, &made.patient_id).await.err().unwrap();
    let absent = h
        .get(&stranger, "pat_01h455vb4pex5vsknk084sn02q")
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&foreign),
        (Code::NotFound, "PATIENT_NOT_FOUND".to_owned())
    );
    assert_eq!(bytes(&foreign), bytes(&absent));
}

#[tokio::test]
async fn another_clinic_sees_patients_only_where_the_chain_shares_them() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    let refused = h.get(&neighbour, &made.patient_id).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PATIENT_NOT_FOUND".to_owned())
    );

    h.set_visibility(&h.caller, "SHARED");
    // The feed is followed in the background; reading again is how a client would learn of it.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while h.get(&neighbour, &made.patient_id).await.is_err() {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the setting never arrived"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_clinic_outside_the_callers_is_unknown() {
    let h = Harness::start().await;
    let other = h.add_clinic(&h.caller, "CA");
    let neighbour = TestCaller::within(&h.caller, &[other]);
    let request = pb::CreatePatientRequest {
        patient: Some(h.anne()),
        request_id: String::new(),
    };
    let refused = h
        .client()
        .create_patient(h.request_as(&neighbour, request))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "CLINIC_NOT_FOUND".to_owned())
    );
}
