use super::{LOGIN, Post, impatient, patient};
use crate::test_channel_account::test;
use bitewing_proto::conversation as pb;
use bitewing_testkit::mail::{Encryption, MailFault, MailSetup};

const SETUP: MailSetup = MailSetup {
    encryption: Encryption::Starttls,
    login: Some(LOGIN),
    utf8: false,
};

async fn verdict(post: &Post) -> (bool, String, String) {
    let answer = test(&post.h, &post.account).await.unwrap();
    (answer.usable, answer.reason, answer.provider_code)
}

fn unusable(reason: &str, code: &str) -> (bool, String, String) {
    (false, reason.to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_server_that_lets_us_in_is_usable_and_gets_no_mail() {
    let post = Post::start(SETUP).await;
    assert_eq!(verdict(&post).await, (true, String::new(), String::new()));
    assert_eq!(
        (post.server.count("auth"), post.server.count("mail")),
        (1, 0)
    );
    post.server
        .wait(|events| events.iter().any(|event| event["event"] == "quit"))
        .await;
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let post = Post::start_with(SETUP, patient(), |settings| pb::SmtpSettings {
        password: "wrong".to_owned(),
        ..settings
    })
    .await;
    assert_eq!(
        verdict(&post).await,
        unusable("CREDENTIALS_REFUSED", "535 5.7.8")
    );
}

#[tokio::test]
async fn a_server_that_is_not_itself_is_told() {
    let post = Post::start_with(SETUP, impatient(), |settings| settings).await;
    let busy = MailFault::Reply("421 4.3.2 later");
    post.server
        .script(&[
            ("connect", busy),
            ("connect", MailFault::Hang),
            ("starttls", MailFault::Cut),
        ])
        .await;
    assert_eq!(verdict(&post).await, unusable("PROVIDER_BUSY", "421 4.3.2"));
    assert_eq!(verdict(&post).await, unusable("NO_ANSWER", ""));
    assert_eq!(verdict(&post).await, unusable("ENCRYPTION_FAILED", ""));
}

#[tokio::test]
async fn a_server_that_is_away_is_told() {
    let Post {
        h, server, account, ..
    } = Post::start(SETUP).await;
    drop(server);
    let answer = test(&h, &account).await.unwrap();
    assert!(!answer.usable);
    assert_eq!(answer.reason, "PROVIDER_NOT_REACHED");
}
