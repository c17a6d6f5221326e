use crate::harness::{Harness, paths};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_audit_service_client::PatientAuditServiceClient;
use bitewing_testkit::TestCaller;

#[tokio::test]
async fn every_step_is_in_the_trail_and_the_chain_verifies() {
    let h = Harness::start().await;
    let made = h.create(h.anne()).await.unwrap();
    h.get(&h.caller, &made.patient_id).await.unwrap();
    let mut client = PatientAuditServiceClient::new(h.channel.clone());
    let request = pb::ListPatientAuditEntriesRequest {
        resource: made.patient_id,
        ..Default::default()
    };
    let lines = client
        .list_patient_audit_entries(h.request(request))
        .await
        .unwrap()
        .into_inner();
    let actions: Vec<_> = lines
        .entries
        .iter()
        .map(|line| line.action.as_str())
        .collect();
    assert_eq!(actions, ["patient.read", "patient.created"]);
    assert_eq!(lines.entries[0].actor_id, h.caller.actor.id);

    // Sealing happens in the background, within a second.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let request = pb::VerifyPatientAuditChainRequest::default();
        let answer = client
            .verify_patient_audit_chain(h.request(request))
            .await
            .unwrap();
        let verdict = answer.into_inner().verdict.unwrap();
        assert!(verdict.intact);
        if verdict.entries == 2 {
            break;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "the lines were never sealed"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_caller_of_some_clinics_cannot_verify_the_whole() {
    let h = Harness::start().await;
    let mut client = PatientAuditServiceClient::new(h.channel.clone());
    let caller = TestCaller::within(&h.caller, &[h.clinic]);
    let request = h.request_as(&caller, pb::VerifyPatientAuditChainRequest::default());
    let refused = client
        .verify_patient_audit_chain(request)
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["anchor_sequence"]);
}
