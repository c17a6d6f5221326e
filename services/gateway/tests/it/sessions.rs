//! TokenService.

use crate::harness::{Harness, PASSWORD, reason};
use bitewing_proto::identity as pb;
use time::Duration;
use tonic::{Code, Status};

const EMAIL: &str = "anne@example.org";

fn failed(outcome: Result<pb::SignInResponse, Status>) -> (Code, String, String, Vec<u8>) {
    let status = outcome.err().unwrap();
    let (code, reason) = reason(&status);
    (
        code,
        reason,
        status.message().to_owned(),
        status.details().to_vec(),
    )
}

#[tokio::test]
async fn a_signed_in_user_calls_with_its_roles() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    let session = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    assert_eq!(session.expires_in, 900);
    let organization = harness.try_token(&session.access_token).await.unwrap();
    assert_eq!(organization.organization_id, chain.organization_id);
}

#[tokio::test]
async fn every_failure_to_sign_in_looks_the_same() {
    let harness = Harness::start().await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    harness.user(&chain, EMAIL, &[1]).await;
    harness
        .invite(&chain.token, "invited@example.org", &[4], &[])
        .await
        .unwrap();
    let first = failed(harness.sign_in("sourire", EMAIL, "wrong").await);
    assert_eq!(
        (first.0, first.1.as_str()),
        (Code::Unauthenticated, "SIGN_IN_FAILED")
    );
    for (slug, email) in [
        (other.slug.as_str(), EMAIL),
        ("nobody", EMAIL),
        ("", EMAIL),
        ("sourire", "nobody@example.org"),
        ("sourire", "not an address"),
        ("sourire", "invited@example.org"),
    ] {
        assert_eq!(
            failed(harness.sign_in(slug, email, PASSWORD).await),
            first,
            "{slug} {email}"
        );
    }
}

#[tokio::test]
async fn the_same_address_in_two_chains_is_two_users() {
    let harness = Harness::start().await;
    let (one, two) = (harness.chain("sourire").await, harness.chain("dents").await);
    for chain in [&one, &two] {
        let invited = harness
            .invite(&chain.token, EMAIL, &[1], &[])
            .await
            .unwrap();
        let password = format!("{PASSWORD} of {}", chain.slug);
        harness
            .accept(&invited.invitation_token, &password)
            .await
            .unwrap();
    }
    let session = harness
        .sign_in("dents", EMAIL, &format!("{PASSWORD} of dents"))
        .await
        .unwrap();
    let organization = harness.try_token(&session.access_token).await.unwrap();
    assert_eq!(organization.organization_id, two.organization_id);
    assert!(
        harness
            .sign_in("dents", EMAIL, &format!("{PASSWORD} of sourire"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn guessing_becomes_slow() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    for _ in 0..5 {
        failed(harness.sign_in("sourire", EMAIL, "wrong").await);
    }
    // The right one has to wait as well: nobody learns that it is right.
    failed(harness.sign_in("sourire", EMAIL, PASSWORD).await);
    harness.test.clock.advance(Duration::seconds(1));
    assert!(harness.sign_in("sourire", EMAIL, PASSWORD).await.is_ok());
    failed(harness.sign_in("sourire", EMAIL, "wrong").await);
    assert!(
        harness.sign_in("sourire", EMAIL, PASSWORD).await.is_ok(),
        "a success forgets failures"
    );
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    let session = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    let next = harness.refresh(&session.refresh_token).await.unwrap();
    assert_ne!(next.refresh_token, session.refresh_token);
    assert!(harness.try_token(&next.access_token).await.is_ok());
    assert!(harness.refresh(&next.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_in_two_hands_ends_the_session_for_both() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    let session = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    let other = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    let thief = harness.refresh(&session.refresh_token).await.unwrap();
    let status = harness.refresh(&session.refresh_token).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::Unauthenticated, "SESSION_INVALID".to_owned())
    );
    assert!(harness.refresh(&thief.refresh_token).await.is_err());
    for token in [&session.access_token, &thief.access_token] {
        assert_eq!(
            harness.try_token(token).await.err().unwrap().code(),
            Code::Unauthenticated
        );
    }
    assert!(harness.try_token(&other.access_token).await.is_ok());
    assert!(harness.refresh(&other.refresh_token).await.is_ok());
}

#[tokio::test]
async fn of_two_who_refresh_at_once_one_wins_and_the_session_ends() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    let session = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    let (one, two) = tokio::join!(
        harness.refresh(&session.refresh_token),
        harness.refresh(&session.refresh_token)
    );
    let won: Vec<_> = [one, two].into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    assert!(harness.refresh(&won[0].refresh_token).await.is_err());
}

#[tokio::test]
async fn a_session_ends_by_sign_out_by_silence_and_after_a_day() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness.user(&chain, EMAIL, &[1]).await;
    let session = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    let request = pb::SignOutRequest {
        refresh_token: session.refresh_token.clone(),
    };
    harness.tokens().sign_out(request.clone()).await.unwrap();
    harness.tokens().sign_out(request).await.unwrap();
    assert!(harness.refresh(&session.refresh_token).await.is_err());
    assert!(harness.try_token(&session.access_token).await.is_err());

    let silent = harness.sign_in("sourire", EMAIL, PASSWORD).await.unwrap();
    harness.test.clock.advance(Duration::minutes(60));
    assert!(harness.refresh(&silent.refresh_token).await.is_err());

    let mut token = harness
        .sign_in("sourire", EMAIL, PASSWORD)
        .await
        .unwrap()
        .refresh_token;
    for _ in 0..24 {
        harness.test.clock.advance(Duration::minutes(59));
        token = harness.refresh(&token).await.unwrap().refresh_token;
    }
    harness.test.clock.advance(Duration::minutes(30));
    assert!(harness.refresh(&token).await.is_err());
}

#[tokio::test]
async fn every_refresh_token_that_is_none_looks_the_same() {
    let harness = Harness::start().await;
    harness.chain("sourire").await;
    let forged = "A".repeat(64);
    for token in ["", "x", &forged] {
        let status = harness.refresh(token).await.err().unwrap();
        assert_eq!(
            reason(&status),
            (Code::Unauthenticated, "SESSION_INVALID".to_owned())
        );
    }
}
