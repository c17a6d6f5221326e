use super::desk::{ACCOUNT, CODE, Desk, TOKEN, impatient};
use crate::harness::{quick, reason};
use bitewing_proto::conversation as pb;
use bitewing_testkit::twilio::{Kind, Mishap};
use tonic::Code;

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{user}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
}

#[tokio::test]
async fn a_code_by_text_message_dies_with_its_life() {
    let desk = Desk::open().await;
    let now = desk.h.test.base.clock.now().unix_timestamp();
    let request = pb::SendTransactionalRequest {
        not_after: Some(prost_types::Timestamp {
            seconds: now + 300,
            nanos: 0,
        }),
        ..desk.h.code()
    };
    let id = desk.h.send(request).await.unwrap().message_id;
    let message = desk.h.wait_for(&id, pb::MessageState::Accepted).await;
    assert!(message.accept_time.is_some() && message.end_time.is_none());
    let [sent] = &desk.twilio.made(Kind::Message)[..] else {
        panic!("one message");
    };
    assert_eq!(
        sent.path,
        format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    );
    assert_eq!(sent.authorization, basic(ACCOUNT, TOKEN));
    assert_eq!(sent.field("To"), "+15148731234");
    assert_eq!(sent.field("From"), "+15148730001");
    assert!(sent.field("Body").contains(CODE));
    let validity: i64 = sent.field("ValidityPeriod").parse().unwrap();
    assert!((295..=300).contains(&validity), "{validity}");
    let callback = sent.field("StatusCallback");
    assert!(callback.starts_with("https://clinics.example/hooks/"));
    assert!(callback.ends_with(&format!("/message/{id}")));
}

#[tokio::test]
async fn a_key_and_a_messaging_service_take_the_place_of_token_and_number() {
    let service = "MG0123456789abcdef0123456789abcdef";
    let key = "SK0123456789abcdef0123456789abcdef";
    let desk = Desk::open_with(quick(), |settings| {
        settings.from_number.clear();
        settings.messaging_service_sid = service.to_owned();
        settings.api_key_sid = key.to_owned();
        settings.api_key_secret = "key-secret".to_owned();
    })
    .await;
    let (_, sent) = desk.text().await;
    assert_eq!(sent.field("MessagingServiceSid"), service);
    assert_eq!(sent.field("From"), "");
    assert_eq!(sent.authorization, basic(key, "key-secret"));
    // What waits longer than ten hours, Twilio does not keep.
    assert_eq!(sent.field("ValidityPeriod"), "36000");
}

#[tokio::test]
async fn a_refusal_is_final_and_keeps_twilios_code() {
    let desk = Desk::open().await;
    for (status, code, expected) in [
        (400, 21211, "ADDRESS_REFUSED"),
        (400, 21610, "OPTED_OUT"),
        (401, 20003, "CREDENTIALS_REFUSED"),
        (400, 99_999, "PROVIDER_REFUSED"),
    ] {
        desk.twilio.script([Some(Mishap::Refuse(status, code))]);
        let id = desk.h.send(desk.h.code()).await.unwrap().message_id;
        let message = desk.h.wait_for(&id, pb::MessageState::Failed).await;
        assert_eq!((message.reason.as_str(), message.attempts), (expected, 1));
        assert_eq!(message.provider_code, code.to_string());
        assert!(message.end_time.is_some() && message.accept_time.is_none());
    }
    assert!(desk.twilio.made(Kind::Message).is_empty());
}

#[tokio::test]
async fn a_busy_twilio_is_asked_again() {
    let desk = Desk::open().await;
    desk.twilio.script([Some(Mishap::Busy(0)), None]);
    let id = desk.h.send(desk.h.code()).await.unwrap().message_id;
    let message = desk.h.wait_for(&id, pb::MessageState::Accepted).await;
    assert_eq!(message.attempts, 2);
    assert_eq!(desk.twilio.made(Kind::Message).len(), 1);
}

#[tokio::test]
async fn what_broke_off_is_looked_up_and_sent_again_only_where_it_is_absent() {
    let desk = Desk::open_with(impatient(), |_| {}).await;
    for (mishap, attempts) in [
        (Mishap::Hang, 1),
        (Mishap::CutAfter, 1),
        (Mishap::FailAfter, 1),
        (Mishap::CutBefore, 2),
        (Mishap::FailBefore, 2),
    ] {
        for channel in [pb::Channel::Sms, pb::Channel::Voice] {
            desk.twilio.script([Some(mishap), None]);
            let request = pb::SendTransactionalRequest {
                channel: channel.into(),
                // One phone per message: a code is the same in all of them here.
                address: format!("+1514873{:04}", 1000 + desk.twilio.recorded().len()),
                ..desk.h.code()
            };
            let to = request.address.clone();
            let id = desk.h.send(request).await.unwrap().message_id;
            let message = desk.h.wait_for(&id, pb::MessageState::Accepted).await;
            assert_eq!(message.attempts, attempts, "{mishap:?} {channel:?}");
            let mut made = desk.twilio.made(Kind::Message);
            made.extend(desk.twilio.made(Kind::Call));
            let arrived = made.iter().filter(|made| made.field("To") == to).count();
            assert_eq!(arrived, 1, "{mishap:?} {channel:?}");
            // The scripted requests that were not needed do not wait for the next message.
            desk.twilio.unscript();
        }
    }
}

#[tokio::test]
async fn a_landline_is_called_and_never_texted() {
    let desk = Desk::open().await;
    let text = pb::SendTransactionalRequest {
        address: "+33142685300".to_owned(),
        ..desk.h.code()
    };
    let refused = desk.h.send(text.clone()).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "PHONE_IS_LANDLINE".to_owned())
    );
    let call = pb::SendTransactionalRequest {
        channel: pb::Channel::Voice.into(),
        ..text
    };
    let id = desk.h.send(call).await.unwrap().message_id;
    desk.h.wait_for(&id, pb::MessageState::Accepted).await;
    assert!(desk.twilio.asked_for(Kind::Message).is_empty());
    assert_eq!(desk.twilio.made(Kind::Call).len(), 1);
}

#[tokio::test]
async fn a_test_of_the_account_sends_nothing() {
    let desk = Desk::open().await;
    let request = pb::TestChannelAccountRequest {
        channel_account_id: desk.account.channel_account_id.clone(),
    };
    let tested = desk
        .h
        .accounts()
        .test_channel_account(desk.h.request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(tested.usable, "{}", tested.reason);
    let recorded = desk.twilio.recorded();
    assert!(recorded.iter().all(|request| request.kind == Kind::List));
    assert_eq!(recorded.len(), 1);
}
