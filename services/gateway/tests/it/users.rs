//! UserService.

use crate::harness::{Harness, PASSWORD, paths, reason, with_token};
use bitewing_core::{Ids as _, SystemIds};
use bitewing_proto::identity as pb;
use time::Duration;
use tonic::{Code, Status};

const OWNER: i32 = 1;
const MANAGER: i32 = 2;
const SECRETARY: i32 = 4;
const AUDITOR: i32 = 5;

async fn get(harness: &Harness, token: &str, id: &str) -> Result<pb::User, Status> {
    let request = pb::GetUserRequest {
        user_id: id.to_owned(),
    };
    let answer = harness.users().get_user(with_token(token, request)).await?;
    Ok(answer.into_inner().user.unwrap())
}

async fn deactivate(harness: &Harness, token: &str, id: &str) -> Result<pb::User, Status> {
    let request = pb::DeactivateUserRequest {
        user_id: id.to_owned(),
    };
    let answer = harness
        .users()
        .deactivate_user(with_token(token, request))
        .await?;
    Ok(answer.into_inner().user.unwrap())
}

async fn signed_in(harness: &Harness, email: &str) -> String {
    harness
        .sign_in("sourire", email, PASSWORD)
        .await
        .unwrap()
        .access_token
}

#[tokio::test]
async fn an_invitation_makes_an_active_user_once() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let invited = harness
        .invite(&chain.token, "Anne@Example.org", &[SECRETARY, OWNER], &[])
        .await
        .unwrap();
    let user = invited.user.unwrap();
    assert_eq!(
        (user.email.as_str(), user.state()),
        ("anne@example.org", pb::UserState::Invited)
    );
    assert!(
        harness
            .sign_in("sourire", "anne@example.org", PASSWORD)
            .await
            .is_err()
    );
    let active = harness
        .accept(&invited.invitation_token, PASSWORD)
        .await
        .unwrap();
    assert_eq!(
        (active.user_id, active.roles),
        (user.user_id, vec![OWNER, SECRETARY])
    );
    let status = harness
        .accept(&invited.invitation_token, PASSWORD)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::NotFound, "INVITATION_INVALID".to_owned())
    );
    assert!(
        harness
            .sign_in("sourire", "ANNE@example.org", PASSWORD)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn every_invalid_invitation_looks_the_same() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let invited = harness
        .invite(&chain.token, "a@example.org", &[SECRETARY], &[])
        .await
        .unwrap();
    let mut forged = invited.invitation_token.clone();
    let last = if forged.ends_with('A') { 'B' } else { 'A' };
    forged.pop();
    forged.push(last);
    harness.test.clock.advance(Duration::days(7));
    for token in ["", "x", &forged, &invited.invitation_token] {
        let status = harness.accept(token, PASSWORD).await.err().unwrap();
        assert_eq!(
            reason(&status),
            (Code::NotFound, "INVITATION_INVALID".to_owned())
        );
    }
}

#[tokio::test]
async fn a_poor_password_is_refused_and_the_invitation_stays() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let invited = harness
        .invite(&chain.token, "anne@example.org", &[SECRETARY], &[])
        .await
        .unwrap();
    for password in [
        "",
        "fourteen chars",
        "aaaaaaaaaaaaaaaa",
        "anne@example.org",
        &"x1-yZ".repeat(26),
    ] {
        let status = harness
            .accept(&invited.invitation_token, password)
            .await
            .err()
            .unwrap();
        assert_eq!(paths(&status), ["password"]);
    }
    assert!(
        harness
            .accept(&invited.invitation_token, PASSWORD)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_address_belongs_to_one_user_of_a_chain() {
    let harness = Harness::start().await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    harness
        .invite(&chain.token, "a@example.org", &[SECRETARY], &[])
        .await
        .unwrap();
    let status = harness
        .invite(&chain.token, "A@example.org", &[OWNER], &[])
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::AlreadyExists, "EMAIL_TAKEN".to_owned())
    );
    assert!(
        harness
            .invite(&other.token, "a@example.org", &[SECRETARY], &[])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn nobody_makes_somebody_who_may_do_more() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    harness
        .user(&chain, "manager@example.org", &[MANAGER])
        .await;
    let manager = signed_in(&harness, "manager@example.org").await;
    for role in [OWNER, AUDITOR] {
        let status = harness
            .invite(&manager, "b@example.org", &[SECRETARY, role], &[])
            .await;
        assert_eq!(paths(&status.err().unwrap()), ["roles[1]"]);
    }
    assert!(
        harness
            .invite(&manager, "b@example.org", &[SECRETARY], &[])
            .await
            .is_ok()
    );
    let (_, narrow) = harness.client(&chain, &["users.write"], &[]).await;
    let status = harness
        .invite(&narrow, "c@example.org", &[OWNER], &[])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&status), ["roles[0]"]);
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let request = pb::InviteUserRequest {
        email: "nobody".to_owned(),
        display_name: String::new(),
        job_title: "x".repeat(121),
        roles: vec![99],
        clinic_ids: vec!["cln_1".to_owned()],
        request_id: "x".to_owned(),
    };
    let status = harness
        .users()
        .invite_user(with_token(&chain.token, request))
        .await
        .err()
        .unwrap();
    let expected = [
        "request_id",
        "email",
        "display_name",
        "job_title",
        "roles[0]",
        "clinic_ids[0]",
    ];
    assert_eq!(paths(&status), expected);
    let status = harness
        .invite(&chain.token, "a@example.org", &[], &[])
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&status), ["roles"]);
}

#[tokio::test]
async fn a_repeated_invitation_is_the_first_one() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let request = pb::InviteUserRequest {
        email: "a@example.org".to_owned(),
        display_name: "A".to_owned(),
        roles: vec![SECRETARY],
        request_id: "0199c1de-77aa-7000-8000-000000000003".to_owned(),
        ..Default::default()
    };
    let mut users = harness.users();
    let first = users
        .invite_user(with_token(&chain.token, request.clone()))
        .await
        .unwrap();
    let again = users
        .invite_user(with_token(&chain.token, request.clone()))
        .await
        .unwrap();
    assert!(first.into_inner().invitation_token == again.into_inner().invitation_token);
    let other = pb::InviteUserRequest {
        display_name: "B".to_owned(),
        ..request
    };
    let status = users
        .invite_user(with_token(&chain.token, other))
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
}

#[tokio::test]
async fn a_deactivated_user_is_out_at_once() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let id = harness.user(&chain, "anne@example.org", &[SECRETARY]).await;
    let session = harness
        .sign_in("sourire", "anne@example.org", PASSWORD)
        .await
        .unwrap();
    let gone = deactivate(&harness, &chain.token, &id).await.unwrap();
    assert_eq!(gone.state(), pb::UserState::Deactivated);
    let refused = harness
        .try_token(&session.access_token)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert!(harness.refresh(&session.refresh_token).await.is_err());
    assert!(
        harness
            .sign_in("sourire", "anne@example.org", PASSWORD)
            .await
            .is_err()
    );
    assert!(
        deactivate(&harness, &chain.token, &id).await.is_ok(),
        "twice is once"
    );
}

#[tokio::test]
async fn an_owner_is_always_left() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let first = harness.user(&chain, "a@example.org", &[OWNER]).await;
    let status = deactivate(&harness, &chain.token, &first)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&status),
        (Code::FailedPrecondition, "LAST_OWNER".to_owned())
    );
    harness.user(&chain, "b@example.org", &[OWNER]).await;
    assert!(deactivate(&harness, &chain.token, &first).await.is_ok());
}

#[tokio::test]
async fn who_may_do_less_does_not_end_who_may_do_more() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let owner = harness.user(&chain, "a@example.org", &[OWNER]).await;
    harness.user(&chain, "b@example.org", &[OWNER]).await;
    let (_, narrow) = harness.client(&chain, &["users.write"], &[]).await;
    let status = deactivate(&harness, &narrow, &owner).await.err().unwrap();
    assert_eq!(
        reason(&status),
        (Code::PermissionDenied, "BEYOND_CALLER".to_owned())
    );
}

#[tokio::test]
async fn another_chains_user_looks_like_none() {
    let harness = Harness::start().await;
    let (one, two) = (harness.chain("sourire").await, harness.chain("dents").await);
    let theirs = harness.user(&two, "a@example.org", &[SECRETARY]).await;
    let none = bitewing_core::UserId::from_uuid(SystemIds.next()).to_string();
    let answer = |status: Status| {
        (
            status.code(),
            status.message().to_owned(),
            status.details().to_vec(),
        )
    };
    let absent = answer(get(&harness, &one.token, &none).await.err().unwrap());
    assert_eq!(absent.0, Code::NotFound);
    assert_eq!(
        answer(get(&harness, &one.token, &theirs).await.err().unwrap()),
        absent
    );
    assert_eq!(
        answer(
            deactivate(&harness, &one.token, &theirs)
                .await
                .err()
                .unwrap()
        ),
        absent
    );
    assert_eq!(
        paths(&get(&harness, &one.token, "x").await.err().unwrap()),
        ["user_id"]
    );
}
