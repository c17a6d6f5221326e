use crate::harness::{Harness, own_code, paths};
use bitewing_proto::template as pb;
use bitewing_proto::template::template_audit_service_client::TemplateAuditServiceClient;
use bitewing_testkit::TestCaller;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn every_change_is_in_the_trail_and_the_chain_verifies() {
    let h = Harness::start().await;
    let made = h.create(own_code()).await.unwrap();
    let delete = pb::DeleteTemplateRequest {
        template_id: made.template_id.clone(),
    };
    h.client().delete_template(h.request(delete)).await.unwrap();
    let mut client = TemplateAuditServiceClient::new(h.channel.clone());
    let list = |resource: &str| pb::ListTemplateAuditEntriesRequest {
        resource: resource.to_owned(),
        ..Default::default()
    };
    let request = h.request(list(&made.template_id));
    let lines = client
        .list_template_audit_entries(request)
        .await
        .unwrap()
        .into_inner()
        .entries;
    let actions: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["template.deleted", "template.created"]);
    let stranger = h.request_as(&TestCaller::fresh(), list(&made.template_id));
    let seen = client
        .list_template_audit_entries(stranger)
        .await
        .unwrap()
        .into_inner();
    assert!(seen.entries.is_empty());
    let refused = client
        .list_template_audit_entries(h.request(list(&"x".repeat(101))))
        .await;
    assert_eq!(paths(&refused.err().unwrap()), ["resource"]);

    // Sealing happens in the background, within a second.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let request = h.request(pb::VerifyTemplateAuditChainRequest::default());
        let answer = client.verify_template_audit_chain(request).await.unwrap();
        let verdict = answer.into_inner().verdict.unwrap();
        assert!(verdict.intact);
        if verdict.entries == 2 {
            break;
        }
        assert!(Instant::now() < deadline, "the lines were never sealed");
        tokio::task::yield_now().await;
    }
}
