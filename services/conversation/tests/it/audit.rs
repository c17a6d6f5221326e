use crate::harness::{Harness, paths};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::conversation_audit_service_client::ConversationAuditServiceClient;
use bitewing_testkit::TestCaller;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn every_step_is_in_the_trail_and_the_chain_verifies() {
    let h = Harness::start().await;
    let message = h.send(h.code()).await.unwrap();
    h.events_of(&message.message_id, "message.delivered").await;
    h.get(&message.message_id).await.unwrap();
    let mut client = ConversationAuditServiceClient::new(h.channel.clone());
    let request = pb::ListConversationAuditEntriesRequest {
        resource: message.message_id,
        ..Default::default()
    };
    let lines = client
        .list_conversation_audit_entries(h.request(request))
        .await
        .unwrap();
    let lines = lines.into_inner().entries;
    let actions: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    let expected = [
        "message.read",
        "message.delivered",
        "message.accepted",
        "message.queued",
    ];
    assert_eq!(actions, expected);
    assert_eq!(lines[1].actor_id, "conversation/send");
    assert!(
        lines
            .iter()
            .all(|line| line.clinic_id == h.clinic.clinic_id)
    );

    // Sealing happens in the background, within a second.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let request = h.request(pb::VerifyConversationAuditChainRequest::default());
        let answer = client
            .verify_conversation_audit_chain(request)
            .await
            .unwrap();
        let verdict = answer.into_inner().verdict.unwrap();
        assert!(verdict.intact);
        if verdict.entries >= 5 {
            break;
        }
        assert!(Instant::now() < deadline, "the lines were never sealed");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_caller_of_some_clinics_sees_their_lines_and_cannot_verify_the_whole() {
    let h = Harness::start().await;
    let other = h.create_clinic(&h.caller).await;
    let own = TestCaller::within(&h.caller, &[other.clinic_id.parse().unwrap()]);
    let mut client = ConversationAuditServiceClient::new(h.channel.clone());
    let request = h.request_as(&own, pb::ListConversationAuditEntriesRequest::default());
    let lines = client
        .list_conversation_audit_entries(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(lines.entries.len(), 1);
    assert_eq!(lines.entries[0].resource, other.clinic_id);
    let request = h.request_as(&own, pb::VerifyConversationAuditChainRequest::default());
    let refused = client
        .verify_conversation_audit_chain(request)
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["anchor_sequence"]);
}
