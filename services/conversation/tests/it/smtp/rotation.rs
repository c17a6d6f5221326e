use super::{LOGIN, Post};
use crate::update_channel_account::update;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_testkit::mail::{Encryption, MailSetup};

const SETUP: MailSetup = MailSetup {
    encryption: Encryption::Starttls,
    login: Some(LOGIN),
    utf8: false,
};

async fn set(post: &Post, settings: pb::SmtpSettings) {
    let account = pb::ChannelAccount {
        channel_account_id: post.account.clone(),
        settings: Some(Settings::Smtp(settings)),
        ..Default::default()
    };
    update(&post.h, account, &[]).await.unwrap();
}

fn password(password: &str) -> pb::SmtpSettings {
    pb::SmtpSettings {
        password: password.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_new_password_counts_from_the_next_mail_on() {
    let post = Post::start(SETUP).await;
    post.send_until(pb::MessageState::Accepted).await;
    // A connection is kept that the password before has opened.
    set(&post, password("another")).await;
    let refused = post.send_until(pb::MessageState::Failed).await;
    assert_eq!(refused.reason, "CREDENTIALS_REFUSED");
    set(&post, password(LOGIN.1)).await;
    post.send_until(pb::MessageState::Accepted).await;
    assert_eq!(post.server.mails(2).await.len(), 2);
}

#[tokio::test]
async fn a_new_sender_introduces_itself_on_a_connection_of_its_own() {
    let post = Post::start(SETUP).await;
    post.send_until(pb::MessageState::Accepted).await;
    let sender = pb::SmtpSettings {
        from_address: "desk@other.example".to_owned(),
        ..Default::default()
    };
    set(&post, sender).await;
    post.send_until(pb::MessageState::Accepted).await;
    let mails = post.server.mails(2).await;
    assert!(mails[1].to_string().contains("desk@other.example"));
    assert_eq!(post.server.count("connect"), 2);
}
