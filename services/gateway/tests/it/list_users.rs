//! ListUsers.

use crate::harness::{Harness, paths, with_token};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_proto::identity as pb;

const SECRETARY: i32 = 4;

#[tokio::test]
async fn a_caller_of_some_clinics_sees_their_users_and_those_of_all() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let [one, two] = [(); 2].map(|()| ClinicId::from_uuid(SystemIds.next()).to_string());
    for (email, clinics) in [
        ("all@e.org", vec![]),
        ("one@e.org", vec![one.clone()]),
        ("two@e.org", vec![two]),
    ] {
        harness
            .invite(&chain.token, email, &[SECRETARY], &clinics)
            .await
            .unwrap();
    }
    let (_, local) = harness.client(&chain, &["users.read"], &[one]).await;
    let list = harness
        .users()
        .list_users(with_token(&local, pb::ListUsersRequest::default()))
        .await;
    let emails: Vec<_> = list
        .unwrap()
        .into_inner()
        .users
        .into_iter()
        .map(|user| user.email)
        .collect();
    assert_eq!(emails, ["one@e.org", "all@e.org"]);
}

#[tokio::test]
async fn a_list_is_paged_and_its_token_belongs_to_it() {
    let harness = Harness::start().await;
    let (chain, other) = (harness.chain("sourire").await, harness.chain("dents").await);
    for email in ["a@e.org", "b@e.org", "c@e.org"] {
        harness
            .invite(&chain.token, email, &[SECRETARY], &[])
            .await
            .unwrap();
    }
    let list = async |token: &str, page_token: &str| {
        let request = pb::ListUsersRequest {
            page_size: 2,
            page_token: page_token.to_owned(),
        };
        let answer = harness.users().list_users(with_token(token, request)).await;
        answer.map(tonic::Response::into_inner)
    };
    let first = list(&chain.token, "").await.unwrap();
    let second = list(&chain.token, &first.next_page_token).await.unwrap();
    let emails: Vec<_> = first
        .users
        .iter()
        .chain(&second.users)
        .map(|user| &user.email)
        .collect();
    assert_eq!(emails, ["c@e.org", "b@e.org", "a@e.org"]);
    assert_eq!(second.next_page_token, "");
    for (token, page) in [
        (&other.token, first.next_page_token.as_str()),
        (&chain.token, "AAAA"),
    ] {
        assert_eq!(
            paths(&list(token, page).await.err().unwrap()),
            ["page_token"]
        );
    }
}
