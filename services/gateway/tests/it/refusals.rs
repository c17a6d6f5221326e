//! Who is not let in, and that nothing is looked up for it.

use crate::harness::{Harness, reason, with_token};
use bitewing_auth::SigningKey;
use bitewing_gateway::TokenKeys;
use bitewing_proto::identity as pb;
use time::Duration;
use tonic::{Code, Request};

#[tokio::test]
async fn no_credential_is_unauthenticated() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut requests = vec![Request::new(pb::GetOrganizationRequest {})];
    for value in ["", "Bearer", "Bearer x", "Basic eDp5", &chain.token] {
        let mut request = Request::new(pb::GetOrganizationRequest {});
        request
            .metadata_mut()
            .insert("authorization", value.parse().unwrap());
        requests.push(request);
    }
    let mut twice = with_token(&chain.token, pb::GetOrganizationRequest {});
    twice.metadata_mut().append(
        "authorization",
        format!("Bearer {}", chain.token).parse().unwrap(),
    );
    requests.push(twice);
    for request in requests {
        let status = harness
            .organizations()
            .get_organization(request)
            .await
            .err()
            .unwrap();
        assert_eq!(
            reason(&status),
            (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
        );
    }
}

#[tokio::test]
async fn a_token_ends_after_fifteen_minutes() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.test.clock.advance(Duration::minutes(14));
    assert!(harness.try_token(&chain.token).await.is_ok());
    harness.test.clock.advance(Duration::minutes(1));
    let status = harness.try_token(&chain.token).await.err().unwrap();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_of_another_installation_is_refused() {
    let harness = Harness::start().await;
    let other = Harness::with(|config| config.token_keys = TokenKeys::new(SigningKey::generate()));
    let other = other.await;
    let foreign = other.chain("sourire").await;
    let status = harness.try_token(&foreign.token).await.err().unwrap();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn scope_role_and_kind_are_asked_for_before_anything_is_looked_up() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (_, narrow) = harness.client(&chain, &["organization.read"], &[]).await;
    let operator = harness.operator().await;
    harness.user(&chain, "anne@example.org", &[4]).await;
    let secretary = harness
        .sign_in("sourire", "anne@example.org", crate::harness::PASSWORD)
        .await;
    let secretary = secretary.unwrap().access_token;
    assert!(harness.try_token(&narrow).await.is_ok());
    for token in [&narrow, &operator, &secretary] {
        // The identifier is not even one: nobody got as far as reading it.
        let request = pb::DeactivateUserRequest {
            user_id: "x".to_owned(),
        };
        let status = harness
            .users()
            .deactivate_user(with_token(token, request))
            .await;
        let status = status.err().unwrap();
        assert_eq!(
            reason(&status),
            (Code::PermissionDenied, "FORBIDDEN".to_owned())
        );
    }
    let request = pb::CreateOrganizationRequest::default();
    let status = harness
        .organizations()
        .create_organization(with_token(&chain.token, request))
        .await;
    assert_eq!(status.err().unwrap().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn public_methods_need_no_credential_and_ignore_a_stale_one() {
    let harness = Harness::start().await;
    let request = with_token("stale", pb::SignOutRequest::default());
    assert!(harness.tokens().sign_out(request).await.is_ok());
}
