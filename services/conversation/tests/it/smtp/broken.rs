use super::{Post, impatient, patient};
use bitewing_proto::conversation as pb;
use bitewing_testkit::mail::{MailFault, MailSetup};
use std::time::{Duration, Instant};

/// Nothing more happens to a message, however often its job comes back.
async fn stays(post: &Post, id: &str) {
    post.h
        .tamper(
            "UPDATE messages SET quiet_at = now() - interval '1 minute';
             UPDATE store.job SET run_at = clock_timestamp()",
        )
        .await;
    post.h
        .wait_for_count(
            "SELECT count(*) FROM store.job WHERE kind = 'send' AND run_at <= clock_timestamp()",
            0,
        )
        .await;
    let message = post.h.get(id).await.unwrap();
    assert_eq!(
        (message.state(), message.attempts),
        (pb::MessageState::Ambiguous, 1)
    );
}

#[tokio::test]
async fn a_connection_cut_before_the_message_is_harmless() {
    let post = Post::start(MailSetup::default()).await;
    for step in ["connect", "ehlo", "mail", "rcpt", "data"] {
        let before = post.server.count("mail_taken");
        post.server
            .script(&[("noop", MailFault::Cut), (step, MailFault::Cut)])
            .await;
        let message = post.send_until(pb::MessageState::Accepted).await;
        assert!(message.attempts >= 2, "{step}");
        assert_eq!(
            post.server.mails(before + 1).await.len(),
            before + 1,
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_server_that_hangs_before_the_message_is_left() {
    let post = Post::start_with(MailSetup::default(), impatient(), |settings| settings).await;
    for step in ["connect", "ehlo", "rcpt", "data"] {
        let before = post.server.count("mail_taken");
        post.server
            .script(&[("noop", MailFault::Cut), (step, MailFault::Hang)])
            .await;
        let begun = Instant::now();
        let message = post.send_until(pb::MessageState::Accepted).await;
        assert!(message.attempts >= 2, "{step}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{step}");
        assert_eq!(
            post.server.mails(before + 1).await.len(),
            before + 1,
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_connection_cut_after_the_message_leaves_a_doubt_and_no_second_mail() {
    let post = Post::start(MailSetup::default()).await;
    for (fault, arrived) in [(MailFault::KeepAndCut, 1), (MailFault::Cut, 1)] {
        post.server.script(&[("message", fault)]).await;
        let message = post.send_until(pb::MessageState::Ambiguous).await;
        assert_eq!(message.reason, "NO_ANSWER");
        stays(&post, &message.message_id).await;
        assert_eq!(post.server.mails(arrived).await.len(), arrived, "{fault:?}");
        assert_eq!(
            post.h
                .events_of(&message.message_id, "message.ambiguous")
                .await,
            ["message.ambiguous"]
        );
    }
}

#[tokio::test]
async fn a_server_that_hangs_over_the_message_is_left_in_time() {
    let post = Post::start_with(MailSetup::default(), impatient(), |settings| settings).await;
    post.server
        .script(&[("message", MailFault::KeepAndHang)])
        .await;
    let begun = Instant::now();
    let message = post.send_until(pb::MessageState::Ambiguous).await;
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "it was waited for"
    );
    assert!(begun.elapsed() < Duration::from_secs(20), "not for ever");
    assert_eq!(message.reason, "NO_ANSWER");
    stays(&post, &message.message_id).await;
    assert_eq!(post.server.mails(1).await.len(), 1);
}

#[tokio::test]
async fn staff_may_send_again_what_was_in_doubt() {
    let post = Post::start(MailSetup::default()).await;
    post.server.script(&[("message", MailFault::Cut)]).await;
    let message = post.send_until(pb::MessageState::Ambiguous).await;
    let resolve = pb::ResolveMessageRequest {
        message_id: message.message_id.clone(),
        resolution: pb::Resolution::Resend.into(),
    };
    let resolved = post
        .h
        .messages()
        .resolve_message(post.h.request(resolve))
        .await;
    assert!(resolved.is_ok());
    post.h
        .wait_for(&message.message_id, pb::MessageState::Accepted)
        .await;
    assert_eq!(post.server.mails(1).await.len(), 1);
}

#[tokio::test]
async fn of_many_mails_none_is_lost_and_none_comes_twice() {
    let post = Post::start_with(MailSetup::default(), patient(), |settings| settings).await;
    let faults = [
        ("connect", MailFault::Reply("421 4.3.2 later")),
        ("mail", MailFault::Cut),
        ("rcpt", MailFault::Reply("450 4.7.1 greylisted")),
        ("rcpt", MailFault::Cut),
        ("data", MailFault::Reply("451 4.3.0 later")),
        ("data", MailFault::Cut),
        ("message", MailFault::Reply("452 4.3.1 full")),
        ("message", MailFault::Reply("421 4.3.2 closing")),
    ];
    post.server.script(&faults).await;
    let mut ids = Vec::new();
    for _ in 0..15 {
        ids.push(post.send().await);
    }
    for id in &ids {
        post.h.wait_for(id, pb::MessageState::Accepted).await;
    }
    let mut arrived: Vec<String> = post
        .server
        .mails(15)
        .await
        .iter()
        .flat_map(|mail| mail["headers"].as_array().unwrap().clone())
        .filter(|header| header[0] == "Message-ID")
        .map(|header| header[1].as_str().unwrap().to_owned())
        .collect();
    arrived.sort();
    let mut sent: Vec<String> = ids.iter().map(|id| format!("<{id}@example.org>")).collect();
    sent.sort();
    assert_eq!(arrived, sent);
}
