use super::desk::{ACCOUNT, Desk, SECONDARY, TOKEN};
use crate::update_channel_account::update;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_testkit::twilio::{Recorded, form, signature};

const TOKENS: [&str; 2] = ["twilio.auth_token", "twilio.secondary_auth_token"];

async fn set(desk: &Desk, primary: &str, secondary: &str) {
    let settings = pb::TwilioSettings {
        auth_token: primary.to_owned(),
        secondary_auth_token: secondary.to_owned(),
        ..Default::default()
    };
    let account = pb::ChannelAccount {
        channel_account_id: desk.account.channel_account_id.clone(),
        settings: Some(Settings::Twilio(settings)),
        ..Default::default()
    };
    update(&desk.h, account, &TOKENS).await.unwrap();
}

/// What a callback signed with a token is answered.
async fn signed(desk: &Desk, sent: &Recorded, token: &str) -> i32 {
    let url = sent.field("StatusCallback");
    let fields = [("MessageSid", sent.sid.as_str()), ("MessageStatus", "sent")];
    let signed = signature(token, url, &fields);
    let answer = desk.arrives(url, &signed, &form(&fields)).await;
    answer.unwrap().status
}

fn shown(sent: &Recorded) -> String {
    let (_, encoded) = sent.authorization.split_once(' ').unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

#[tokio::test]
async fn tokens_are_exchanged_without_a_callback_lost() {
    let desk = Desk::open().await;
    let (_, old) = desk.text().await;
    assert_eq!(signed(&desk, &old, SECONDARY).await, 403);
    // The secondary token is made known, then promoted, then the one before is taken away.
    set(&desk, TOKEN, SECONDARY).await;
    assert_eq!(signed(&desk, &old, TOKEN).await, 204);
    assert_eq!(signed(&desk, &old, SECONDARY).await, 204);
    set(&desk, SECONDARY, TOKEN).await;
    let (_, new) = desk.text().await;
    assert_eq!(shown(&new), format!("{ACCOUNT}:{SECONDARY}"));
    assert_eq!(signed(&desk, &old, TOKEN).await, 204);
    set(&desk, SECONDARY, "").await;
    assert_eq!(signed(&desk, &new, TOKEN).await, 403);
    assert_eq!(signed(&desk, &old, SECONDARY).await, 204);
}
