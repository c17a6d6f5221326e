//! AdminAuditService.

use crate::harness::{Harness, PASSWORD, paths, with_token};
use bitewing_proto::identity as pb;
use bitewing_proto::identity::admin_audit_service_client::AdminAuditServiceClient;
use tonic::Status;

async fn list(
    harness: &Harness,
    token: &str,
    request: pb::ListAdminAuditEntriesRequest,
) -> Result<pb::ListAdminAuditEntriesResponse, Status> {
    let mut client = AdminAuditServiceClient::new(harness.channel.clone());
    Ok(client
        .list_admin_audit_entries(with_token(token, request))
        .await?
        .into_inner())
}

#[tokio::test]
async fn what_was_done_is_written_down_with_who_did_it() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let id = harness.user(&chain, "anne@example.org", &[1]).await;
    harness
        .sign_in("sourire", "anne@example.org", PASSWORD)
        .await
        .unwrap();
    let entries = list(
        &harness,
        &chain.token,
        pb::ListAdminAuditEntriesRequest::default(),
    )
    .await;
    let entries = entries.unwrap().entries;
    let lines: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.action.as_str(),
                entry.actor_kind.as_str(),
                entry.resource.as_str(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("session.begun", "user", id.as_str()),
            ("user.activated", "user", &id),
            ("user.invited", "api_client", &id),
            ("token.issued", "api_client", &chain.client_id),
            ("organization.created", "operator", &chain.organization_id),
        ]
    );
    assert!(entries.iter().all(|entry| !entry.request_id.is_empty()));
    let request = pb::ListAdminAuditEntriesRequest {
        resource: id,
        ..Default::default()
    };
    assert_eq!(
        list(&harness, &chain.token, request)
            .await
            .unwrap()
            .entries
            .len(),
        3
    );
}

#[tokio::test]
async fn a_chain_sees_its_own_lines_page_by_page() {
    let harness = Harness::start().await;
    let (one, two) = (harness.chain("sourire").await, harness.chain("dents").await);
    let page = |page_token: &str| pb::ListAdminAuditEntriesRequest {
        page_size: 1,
        page_token: page_token.to_owned(),
        ..Default::default()
    };
    let first = list(&harness, &one.token, page("")).await.unwrap();
    assert_eq!(first.entries[0].action, "token.issued");
    let second = list(&harness, &one.token, page(&first.next_page_token))
        .await
        .unwrap();
    assert_eq!(second.entries[0].resource, one.organization_id);
    assert_eq!(second.next_page_token, "");
    let status = list(&harness, &two.token, page(&first.next_page_token))
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&status), ["page_token"]);
}

#[tokio::test]
async fn the_chain_of_lines_can_be_verified() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut client = AdminAuditServiceClient::new(harness.channel.clone());
    let request = with_token(&chain.token, pb::VerifyAdminAuditChainRequest::default());
    let verdict = client.verify_admin_audit_chain(request).await.unwrap();
    assert!(verdict.into_inner().verdict.unwrap().intact);
}
