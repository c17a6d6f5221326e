use super::{LOGIN, Post, account, patient, settings};
use crate::harness::{Harness, create_account_of};
use bitewing_proto::conversation as pb;
use bitewing_runtime::Profile;
use bitewing_testkit::MailServer;
use bitewing_testkit::mail::{Encryption, MailFault, MailSetup};

fn setup(encryption: Encryption) -> MailSetup {
    MailSetup {
        encryption,
        login: Some(LOGIN),
        utf8: false,
    }
}

#[tokio::test]
async fn credentials_and_mail_travel_encrypted_either_way() {
    for encryption in [Encryption::Starttls, Encryption::Implicit] {
        let post = Post::start(setup(encryption)).await;
        post.send_until(pb::MessageState::Accepted).await;
        let mail = post.server.mails(1).await.pop().unwrap();
        assert_eq!(
            (&mail["encrypted"], &mail["login"]),
            (&true.into(), &"PLAIN".into())
        );
    }
}

/// Sends to a server whose connection cannot be secured, and returns what the message shows.
async fn unsecured(server: &MailServer, settings: pb::SmtpSettings) -> pb::Message {
    let h = Harness::start_with(Profile::Production, patient()).await;
    create_account_of(&h, account(settings)).await.unwrap();
    let request = pb::SendTransactionalRequest {
        channel: pb::Channel::Email.into(),
        address: "anne@example.org".to_owned(),
        ..h.code()
    };
    let id = h.send(request).await.unwrap().message_id;
    let message = h
        .wait_until(&id, |message| {
            message.state() == pb::MessageState::Queued && message.attempts > 0
        })
        .await;
    let seen = server.events();
    let said = ["auth", "mail", "rcpt", "data", "mail_taken"];
    assert!(
        !seen
            .iter()
            .any(|event| said.contains(&event["event"].as_str().unwrap())),
        "nothing is said on such a connection"
    );
    message
}

#[tokio::test]
async fn a_server_nobody_vouches_for_gets_neither_password_nor_mail() {
    for encryption in [Encryption::Starttls, Encryption::Implicit] {
        let server = MailServer::start(setup(encryption)).await.unwrap();
        let message = unsecured(&server, settings(&server, setup(encryption))).await;
        assert_eq!(message.reason, "ENCRYPTION_FAILED");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let clear = MailServer::start(setup(Encryption::None)).await.unwrap();
    let wanted = settings(&clear, setup(Encryption::Starttls));
    assert_eq!(unsecured(&clear, wanted).await.reason, "ENCRYPTION_FAILED");
}

#[tokio::test]
async fn a_server_that_refuses_starttls_is_tried_again() {
    let post = Post::start(setup(Encryption::Starttls)).await;
    let later = MailFault::Reply("454 4.7.0 no certificate at hand");
    post.server.script(&[("starttls", later)]).await;
    let message = post.send_until(pb::MessageState::Accepted).await;
    assert!(message.attempts >= 2);
    assert_eq!(post.server.mails(1).await[0]["encrypted"], true);
}
