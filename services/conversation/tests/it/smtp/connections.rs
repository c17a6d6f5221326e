use super::{Post, patient};
use bitewing_conversation::Sending;
use bitewing_proto::conversation as pb;
use bitewing_testkit::mail::{MailFault, MailSetup};
use std::time::Duration;

#[tokio::test]
async fn mails_one_after_another_share_a_connection() {
    let post = Post::start(MailSetup::default()).await;
    for _ in 0..5 {
        post.send_until(pb::MessageState::Accepted).await;
    }
    assert_eq!(
        (
            post.server.count("connect"),
            post.server.mails(5).await.len()
        ),
        (1, 5)
    );
}

#[tokio::test]
async fn an_account_has_few_connections_at_a_time() {
    let post = Post::start(MailSetup::default()).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(post.send().await);
    }
    for id in &ids {
        post.h.wait_for(id, pb::MessageState::Accepted).await;
    }
    assert_eq!(post.server.mails(20).await.len(), 20);
    assert!(post.server.count("connect") <= 3);
}

#[tokio::test]
async fn a_kept_connection_that_died_is_replaced() {
    let post = Post::start(MailSetup::default()).await;
    post.send_until(pb::MessageState::Accepted).await;
    post.server.script(&[("noop", MailFault::Cut)]).await;
    let message = post.send_until(pb::MessageState::Accepted).await;
    assert_eq!(message.attempts, 1, "the message had no part in it");
    assert_eq!(
        (
            post.server.count("connect"),
            post.server.mails(2).await.len()
        ),
        (2, 2)
    );
}

#[tokio::test]
async fn a_connection_that_rests_is_closed_with_a_word() {
    let sending = Sending {
        mail_rest: Duration::from_millis(50),
        ..patient()
    };
    let post = Post::start_with(MailSetup::default(), sending, |settings| settings).await;
    post.send_until(pb::MessageState::Accepted).await;
    post.server
        .wait(|events| events.iter().any(|event| event["event"] == "quit"))
        .await;
}
