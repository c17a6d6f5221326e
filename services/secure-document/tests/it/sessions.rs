use crate::harness::{HOME, Harness, until, why};
use bitewing_proto::document as pb;

#[tokio::test]
async fn a_session_lists_what_the_link_opens() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let unlocked = h.unlocked(&mut anne).await;
    assert_eq!(unlocked.files[0].document_id, link.document_ids[0]);
    assert_eq!(unlocked.files[0].file_name, "Radiographie.pdf");
    assert_eq!(unlocked.files[0].size, 3_000);
    let files = anne.files(&h, &unlocked.session_token).await.unwrap();
    assert!(files == unlocked.files);
    assert_eq!(h.link(&link.link_id).await.state(), pb::LinkState::Unlocked);
    assert_eq!(why(anne.files(&h, &token).await), "SESSION_ENDED");
    assert_eq!(why(anne.files(&h, "x").await), "SESSION_ENDED");
}

#[tokio::test]
async fn a_session_rests_a_quarter_of_an_hour_and_ends_after_two() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    for _ in 0..8 {
        h.pass(14).await;
        anne.files(&h, &session).await.unwrap();
    }
    h.pass(14).await;
    assert_eq!(
        why(anne.files(&h, &session).await),
        "SESSION_ENDED",
        "two hours are over"
    );

    let session = h.unlocked(&mut anne).await.session_token;
    anne.files(&h, &session).await.unwrap();
    h.pass(15).await;
    assert_eq!(
        why(anne.files(&h, &session).await),
        "SESSION_ENDED",
        "it rested"
    );
}

#[tokio::test]
async fn ending_a_session_ends_that_one_only() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let phone = h.unlocked(&mut anne).await.session_token;
    h.pass(1).await;
    let laptop = h.unlocked(&mut anne).await.session_token;
    for _ in 0..2 {
        let request = pb::EndSessionRequest {
            session_token: phone.clone(),
        };
        anne.client
            .end_session(h.visit(HOME, request))
            .await
            .unwrap();
    }
    assert_eq!(why(anne.files(&h, &phone).await), "SESSION_ENDED");
    assert!(anne.files(&h, &laptop).await.is_ok());
}

#[tokio::test]
async fn revoking_ends_sessions_and_codes() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    h.pass(1).await;
    let (challenge, code) = h.challenged(&mut anne).await;
    let request = pb::RevokeLinkRequest {
        link_id: link.link_id.clone(),
    };
    let answer = h
        .links()
        .revoke_link(h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.link.unwrap().state(), pb::LinkState::Revoked);
    assert_eq!(why(anne.files(&h, &session).await), "SESSION_ENDED");
    assert_eq!(why(anne.verify(&h, &challenge, &code).await), "LINK_GONE");
    assert_eq!(h.count("SELECT count(*) FROM sessions").await, 0);
    assert_eq!(
        h.count("SELECT count(*) FROM challenges WHERE mac IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_link_unlocks_so_often_and_no_more() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let request = pb::CreateLinkRequest {
        max_unlocks: 2,
        ..h.link_request(&[&document])
    };
    let link = h.create_link(request).await.unwrap();
    let token = h.token(&link).await;
    let mut anne = h.holder(&token, HOME);
    h.unlocked(&mut anne).await;
    h.pass(1).await;
    let session = h.unlocked(&mut anne).await.session_token;
    assert_eq!(why(anne.open(&h).await), "LINK_GONE");
    assert!(
        anne.files(&h, &session).await.is_ok(),
        "the last session goes on"
    );
    assert_eq!(h.link(&link.link_id).await.unlocks, 2);
}

#[tokio::test]
async fn a_link_whose_time_is_over_ends_with_its_sessions() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut anne = h.holder(&token, HOME);
    let session = h.unlocked(&mut anne).await.session_token;
    h.sql("UPDATE links SET expires_at = now()").await;
    assert_eq!(why(anne.files(&h, &session).await), "SESSION_ENDED");
    assert_eq!(why(anne.open(&h).await), "LINK_GONE");
    h.sql("UPDATE store.job SET run_at = now() WHERE kind = 'expire_link'")
        .await;
    until(async || (h.link(&link.link_id).await.state() == pb::LinkState::Expired).then_some(()))
        .await;
    assert!(
        h.events(&link.link_id)
            .await
            .contains(&"link.expired".to_owned())
    );
    assert_eq!(h.count("SELECT count(*) FROM sessions").await, 0);
}
