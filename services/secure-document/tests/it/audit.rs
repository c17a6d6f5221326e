use crate::harness::{HOME, Harness, until, wrong};
use bitewing_proto::document as pb;

#[tokio::test]
async fn every_step_of_a_link_is_in_the_trail_and_the_chain_verifies() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let (challenge, code) = h.challenged(&mut anne).await;
    anne.verify(&h, &challenge, &wrong(&code))
        .await
        .err()
        .unwrap();
    anne.verify(&h, &challenge, &code).await.unwrap();
    let request = pb::ListDocumentAuditEntriesRequest {
        resource: link.link_id.clone(),
        ..Default::default()
    };
    let lines = h
        .audit()
        .list_document_audit_entries(h.request(request))
        .await
        .unwrap();
    let lines = lines.into_inner().entries;
    let steps: Vec<_> = lines
        .iter()
        .rev()
        .map(|line| (line.actor_kind.as_str(), line.action.as_str()))
        .collect();
    assert_eq!(
        steps,
        [
            ("api_client", "link.issued"),
            ("recipient", "link.code_sent"),
            ("recipient", "link.code_wrong"),
            ("recipient", "link.unlocked"),
        ]
    );
    assert_eq!(lines[0].actor_id, link.link_id);
    let network = lines[0].details.as_ref().unwrap().fields["network"]
        .kind
        .clone();
    assert_eq!(
        network,
        Some(prost_types::value::Kind::StringValue(
            "203.0.113.0/24".to_owned()
        ))
    );

    let written = h.count("SELECT count(*) FROM store.audit_entries").await;
    until(async || {
        let request = pb::VerifyDocumentAuditChainRequest::default();
        let answer = h
            .audit()
            .verify_document_audit_chain(h.request(request))
            .await
            .unwrap();
        let verdict = answer.into_inner().verdict.unwrap();
        assert!(verdict.intact);
        (verdict.entries == written).then_some(())
    })
    .await;
}
