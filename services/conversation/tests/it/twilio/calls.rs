use super::desk::{CODE, Desk, key_url};
use crate::harness::quick;
use bitewing_conversation::Sending;
use bitewing_proto::conversation as pb;
use bitewing_testkit::twilio::{Kind, Mishap};
use std::time::Duration;

const KEPT: &str = "SELECT count(*) FROM messages WHERE body IS NOT NULL OR secret IS NOT NULL";

/// The code as it would be spoken, in any form.
fn holds_the_code(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    text.contains(CODE) || text.contains("4, 8, 2, 9, 1, 3") || digits.contains(CODE)
}

#[tokio::test]
async fn before_a_key_is_pressed_twilio_does_not_have_the_code() {
    let desk = Desk::open().await;
    let (id, sent) = desk.call().await;
    assert!(!holds_the_code(&desk.twilio.everything()));
    let twiml = sent.field("Twiml");
    assert!(twiml.contains("This is Clinic Riverside. Press a key."));
    assert!(twiml.contains("numDigits=\"1\"") && twiml.contains("language=\"fr-CA\""));
    assert!(twiml.ends_with("</Gather><Hangup/></Response>"));
    assert!(key_url(&sent).ends_with(&format!("/key/{id}")));
    assert_eq!(sent.field("To"), "+15148731234");
    assert_eq!(sent.field("TimeLimit"), "120");
    let events: Vec<_> = sent
        .fields
        .iter()
        .filter(|(name, _)| name == "StatusCallbackEvent")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(events, ["answered", "completed"]);
}

#[tokio::test]
async fn after_a_keypress_the_code_is_said_twice_digit_by_digit() {
    let desk = Desk::open().await;
    let (id, sent) = desk.call().await;
    desk.status(&sent, "in-progress").await;
    assert_eq!(
        desk.h.get(&id).await.unwrap().state(),
        pb::MessageState::Sent
    );
    let told = desk.press(&sent, "#").await;
    assert_eq!(
        (told.status, told.content_type.as_str()),
        (200, "text/xml; charset=utf-8")
    );
    for digit in CODE.chars() {
        let said = format!(">{digit}</Say><Pause length=\"1\"/>");
        assert_eq!(told.body.matches(&said).count(), 2, "{digit}");
    }
    assert_eq!(told.body.matches("Your code is").count(), 2);
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Delivered);
    // The words stay until the call is over: Twilio may ask once more for what it did not get.
    assert_eq!(desk.h.count(KEPT).await, 1);
    assert_eq!(desk.press(&sent, "1").await.body, told.body);
    desk.status(&sent, "completed").await;
    assert_eq!(desk.h.count(KEPT).await, 0);
    assert!(desk.press(&sent, "1").await.is_silence());
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Delivered);
}

#[tokio::test]
async fn an_answering_machine_hears_no_code() {
    let desk = Desk::open().await;
    let (id, sent) = desk.call().await;
    desk.status(&sent, "in-progress").await;
    desk.status(&sent, "completed").await;
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Failed);
    assert_eq!(message.reason, "NO_KEYPRESS");
    assert_eq!(desk.h.count(KEPT).await, 0);
    assert!(desk.press(&sent, "1").await.is_silence());
    assert!(!holds_the_code(&desk.twilio.everything()));
}

#[tokio::test]
async fn a_call_that_does_not_come_about_says_why_and_forgets_the_code() {
    let desk = Desk::open().await;
    for (status, expected) in [
        ("busy", "LINE_BUSY"),
        ("no-answer", "NOT_ANSWERED"),
        ("failed", "CALL_FAILED"),
    ] {
        let (id, sent) = desk.call().await;
        desk.status(&sent, status).await;
        let message = desk.h.get(&id).await.unwrap();
        assert_eq!(
            (message.state(), message.reason.as_str()),
            (pb::MessageState::Failed, expected)
        );
        assert_eq!(desk.h.count(KEPT).await, 0);
    }
}

#[tokio::test]
async fn only_the_call_that_was_made_hears_the_code_and_only_with_a_key() {
    let desk = Desk::open().await;
    let (id, sent) = desk.call().await;
    let url = key_url(&sent);
    let other = "CA99999999999999999999999999999999";
    for fields in [
        vec![("CallSid", other), ("Digits", "1")],
        vec![("Digits", "1")],
        vec![("CallSid", sent.sid.as_str())],
        vec![("CallSid", sent.sid.as_str()), ("Digits", "")],
    ] {
        assert!(desk.told(&url, &fields).await.is_silence(), "{fields:?}");
    }
    assert_eq!(
        desk.h.get(&id).await.unwrap().state(),
        pb::MessageState::Accepted
    );
}

#[tokio::test]
async fn a_code_is_said_only_so_often() {
    let desk = Desk::open().await;
    let (_, sent) = desk.call().await;
    for _ in 0..3 {
        assert!(!desk.press(&sent, "1").await.is_silence());
    }
    assert!(desk.press(&sent, "1").await.is_silence());
}

#[tokio::test]
async fn a_code_whose_time_passed_is_not_said_and_not_kept() {
    let desk = Desk::open().await;
    let (_, sent) = desk.call().await;
    desk.h
        .tamper("UPDATE messages SET not_after = clock_timestamp()")
        .await;
    assert!(desk.press(&sent, "1").await.is_silence());
    desk.h
        .tamper("UPDATE store.job SET run_at = clock_timestamp()")
        .await;
    desk.h.wait_for_count(KEPT, 0).await;
    desk.h
        .wait_for_count("SELECT count(*) FROM store.job", 0)
        .await;
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_still_tells_the_code_once_a_key_is_pressed() {
    let sending = Sending {
        // The look-up would come too late for this test.
        settle: Duration::from_mins(10),
        ..quick()
    };
    let desk = Desk::open_with(sending, |_| {}).await;
    desk.twilio.script([Some(Mishap::CutAfter)]);
    let id = desk.h.send(desk.spoken()).await.unwrap().message_id;
    desk.h.wait_for(&id, pb::MessageState::Ambiguous).await;
    let sent = desk.twilio.made(Kind::Call).pop().unwrap();
    let told = desk.press(&sent, "5").await;
    assert!(told.body.contains("Your code is"));
    assert_eq!(
        desk.h.events_of(&id, "message.delivered").await,
        ["message.ambiguous", "message.accepted", "message.delivered"]
    );
}
