use super::{LOGIN, Post, patient};
use bitewing_proto::conversation as pb;
use bitewing_testkit::mail::{MailFault, MailSetup};

#[tokio::test]
async fn what_may_pass_is_tried_again_at_every_step() {
    let setup = MailSetup {
        login: Some(LOGIN),
        ..MailSetup::default()
    };
    let post = Post::start(setup).await;
    for (step, line) in [
        ("connect", "421 4.3.2 too many of you"),
        ("connect", "554 5.3.2 come back later"),
        ("ehlo", "451 4.3.0 not now"),
        ("auth", "454 4.7.0 the directory is away"),
        ("mail", "452 4.3.1 full"),
        ("rcpt", "450 4.7.1 greylisted"),
        ("rcpt", "421 4.3.2 closing"),
        ("data", "451 4.3.0 not now"),
        ("message", "451 4.7.1 scanning"),
    ] {
        let before = post.server.count("mail_taken");
        // A kept connection would skip the first steps.
        post.server
            .script(&[("noop", MailFault::Cut), (step, MailFault::Reply(line))])
            .await;
        let message = post.send_until(pb::MessageState::Accepted).await;
        assert!(message.attempts >= 2, "{step} {line}");
        assert_eq!(
            (message.reason.as_str(), message.provider_code.as_str()),
            ("", "")
        );
        assert_eq!(
            post.server.mails(before + 1).await.len(),
            before + 1,
            "{step} {line}"
        );
    }
}

#[tokio::test]
async fn while_it_waits_a_message_shows_why() {
    let post = Post::start(MailSetup::default()).await;
    let full = ("rcpt", MailFault::Reply("452 4.2.2 over quota"));
    post.server.script(&vec![full; 200]).await;
    let id = post.send().await;
    let message = post
        .h
        .wait_until(&id, |message| {
            message.state() == pb::MessageState::Queued && message.attempts > 0
        })
        .await;
    assert_eq!(
        (message.reason.as_str(), message.provider_code.as_str()),
        ("PROVIDER_BUSY", "452 4.2.2")
    );
}

#[tokio::test]
async fn what_will_not_pass_fails_with_the_servers_codes() {
    let post = Post::start(MailSetup::default()).await;
    for (step, line, reason, code) in [
        (
            "mail",
            "550 5.7.1 not yours",
            "PROVIDER_REFUSED",
            "550 5.7.1",
        ),
        (
            "rcpt",
            "550 5.1.1 <anne.cote@example.org> unknown",
            "ADDRESS_REFUSED",
            "550 5.1.1",
        ),
        ("rcpt", "550 no such user", "ADDRESS_REFUSED", "550"),
        (
            "rcpt",
            "554 5.7.1 relay access denied",
            "PROVIDER_REFUSED",
            "554 5.7.1",
        ),
        (
            "rcpt",
            "553 5.6.7 ASCII only",
            "ADDRESS_NOT_SUPPORTED",
            "553 5.6.7",
        ),
        (
            "data",
            "554 5.5.1 no valid recipients",
            "PROVIDER_REFUSED",
            "554 5.5.1",
        ),
        (
            "message",
            "552 5.3.4 too big",
            "PROVIDER_REFUSED",
            "552 5.3.4",
        ),
        (
            "message",
            "550-5.7.1 spam\r\n550 5.7.1 says the filter",
            "PROVIDER_REFUSED",
            "550 5.7.1",
        ),
    ] {
        post.server.script(&[(step, MailFault::Reply(line))]).await;
        let message = post.send_until(pb::MessageState::Failed).await;
        assert_eq!(
            (
                message.reason.as_str(),
                message.provider_code.as_str(),
                message.attempts
            ),
            (reason, code, 1),
            "{line}"
        );
        assert_eq!(
            post.h
                .events_of(&message.message_id, "message.failed")
                .await,
            ["message.failed"]
        );
    }
    assert_eq!(post.server.count("mail_taken"), 0);
}

#[tokio::test]
async fn wrong_credentials_fail_the_message_and_say_so() {
    let setup = MailSetup {
        login: Some(LOGIN),
        ..MailSetup::default()
    };
    let post = Post::start_with(setup, patient(), |settings| pb::SmtpSettings {
        password: "wrong".to_owned(),
        ..settings
    })
    .await;
    let message = post.send_until(pb::MessageState::Failed).await;
    assert_eq!(
        (
            message.reason.as_str(),
            message.provider_code.as_str(),
            message.attempts
        ),
        ("CREDENTIALS_REFUSED", "535 5.7.8", 1)
    );
    assert_eq!(post.server.count("mail"), 0);
}

#[tokio::test]
async fn a_server_that_wants_a_login_nobody_gave_says_so() {
    let setup = MailSetup {
        login: Some(LOGIN),
        ..MailSetup::default()
    };
    let post = Post::start_with(setup, patient(), |settings| pb::SmtpSettings {
        username: String::new(),
        password: String::new(),
        ..settings
    })
    .await;
    let message = post.send_until(pb::MessageState::Failed).await;
    assert_eq!(
        (message.reason.as_str(), message.provider_code.as_str()),
        ("CREDENTIALS_REFUSED", "530 5.7.0")
    );
}
