//! Codes on real phones: a stand-in plays Twilio, and calls back at the public port.

use crate::suite::json::text;
use crate::suite::patient::Holder;
use crate::suite::{Chain, Suite, eventually};
use bitewing_proto::document as pb;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use bitewing_testkit::StubTwilio;
use bitewing_testkit::twilio::{Kind, Recorded, form, signature};
use reqwest::StatusCode;
use serde_json::json;

const TOKEN: &str = "a-primary-token";

/// A chain whose phones are at a stand-in for Twilio; its mail stays on the sandbox.
async fn chain_with_phones(suite: &Suite) -> (Chain, StubTwilio) {
    let (chain, twilio) = (
        Chain::found(&suite.site).await,
        StubTwilio::start().await.unwrap(),
    );
    let account = json!({ "channelAccount": {
        "displayName": "Phones", "channels": ["CHANNEL_SMS", "CHANNEL_VOICE"],
        "twilio": {
            "accountSid": "AC0123456789abcdef0123456789abcdef", "fromNumber": "+15148730001",
            "authToken": TOKEN, "baseUrl": twilio.base_url(),
        },
    }});
    chain.json.post("/v1/channelAccounts", account).await;
    (chain, twilio)
}

/// What Twilio was asked to make next.
async fn made(twilio: &StubTwilio, kind: Kind) -> Recorded {
    eventually("a request to Twilio", async || twilio.made(kind).pop()).await
}

/// A callback as Twilio posts it.
async fn call_back(url: &str, token: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let answer = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", signature(token, url, fields))
        .body(form(fields))
        .send()
        .await
        .unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn states(chain: &Chain, channel: &str) -> Vec<String> {
    let messages = chain.json.get("/v1/messages").await;
    let messages = messages["messages"].as_array().cloned().unwrap_or_default();
    let of_channel = messages
        .iter()
        .filter(|message| message["channel"] == channel);
    of_channel.map(|message| text(message, "state")).collect()
}

#[tokio::test]
async fn a_code_by_text_message_unlocks_and_is_followed_through_the_public_port() {
    let suite = Suite::shared().await;
    let (chain, twilio) = chain_with_phones(&suite).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let mut holder = Holder::of(&suite.site, &chain.token_in_mail(&patient, 0).await);
    let challenge = holder.send_code().await.unwrap().challenge_token;
    let sent = made(&twilio, Kind::Message).await;
    assert_eq!(sent.field("To"), patient.phone);

    let url = sent.field("StatusCallback");
    let fields = [
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "delivered"),
    ];
    let forged = call_back(url, "another-token", &fields).await;
    assert_eq!(forged, (StatusCode::FORBIDDEN, String::new()));
    eventually("the answer of Twilio", async || {
        let states = states(&chain, "CHANNEL_SMS").await;
        (states == ["MESSAGE_STATE_ACCEPTED"]).then_some(())
    })
    .await;
    let unknown = url.replace("/message/", "/other/");
    assert_eq!(
        call_back(&unknown, TOKEN, &fields).await.0,
        StatusCode::NOT_FOUND
    );
    let large = "x".repeat(70_000);
    let large = call_back(url, TOKEN, &[("MessageSid", &large)]).await;
    assert_eq!(large.0, StatusCode::PAYLOAD_TOO_LARGE);

    let taken = call_back(url, TOKEN, &fields).await;
    assert_eq!(taken.0, StatusCode::NO_CONTENT);
    assert_eq!(
        states(&chain, "CHANNEL_SMS").await,
        ["MESSAGE_STATE_DELIVERED"]
    );
    let code: String = sent
        .field("Body")
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    holder.verify(&challenge, &code).await.unwrap();
}

#[tokio::test]
async fn a_call_tells_the_code_after_a_keypress_and_never_before() {
    let suite = Suite::shared().await;
    let (chain, twilio) = chain_with_phones(&suite).await;
    let clinic = chain.clinic().await;
    let patient = chain.patient(&clinic).await;
    let document = chain.document(&clinic, b"agreement").await;
    chain.link(&patient, &document).await;
    let token = chain.token_in_mail(&patient, 0).await;
    let request = pb::SendCodeRequest {
        token: token.clone(),
        channel: pb::CodeChannel::Voice.into(),
    };
    let challenge = RecipientServiceClient::new(suite.site.channel())
        .send_code(request)
        .await
        .unwrap()
        .into_inner()
        .challenge_token;
    let sent = made(&twilio, Kind::Call).await;
    let twiml = sent.field("Twiml");
    let (_, action) = twiml.split_once("action=\"").unwrap();
    let url = action.split_once('"').unwrap().0.replace("&amp;", "&");
    let pressed = [("CallSid", sent.sid.as_str()), ("Digits", "1")];
    assert_eq!(
        call_back(&url, "forged", &pressed).await.0,
        StatusCode::FORBIDDEN
    );

    let (status, said) = call_back(&url, TOKEN, &pressed).await;
    assert_eq!(status, StatusCode::OK);
    // One digit between two pauses each; the wording says the code twice.
    let digits: String = said
        .split("</Say><Pause length=\"1\"/>")
        .filter_map(|part| part.chars().next_back().filter(char::is_ascii_digit))
        .collect();
    assert_eq!(digits.len(), 12, "{said}");
    let (once, again) = digits.split_at(6);
    assert_eq!(once, again);
    assert!(
        !twilio.everything().contains(once),
        "Twilio had no code to keep"
    );
    Holder::of(&suite.site, &token)
        .verify(&challenge, once)
        .await
        .unwrap();
    let over = [("CallSid", sent.sid.as_str()), ("CallStatus", "completed")];
    call_back(sent.field("StatusCallback"), TOKEN, &over).await;
    assert!(!call_back(&url, TOKEN, &pressed).await.1.contains("<Say"));
    assert_eq!(
        states(&chain, "CHANNEL_VOICE").await,
        ["MESSAGE_STATE_DELIVERED"]
    );
}
