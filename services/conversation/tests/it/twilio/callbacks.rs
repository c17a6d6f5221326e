use super::desk::{Desk, SECONDARY, TOKEN};
use crate::harness::{quick, reason};
use bitewing_conversation::Sending;
use bitewing_proto::conversation as pb;
use bitewing_testkit::twilio::{Kind, Mishap, form, signature};
use std::time::Duration;
use tonic::Code;

#[tokio::test]
async fn a_message_is_followed_to_the_phone() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    assert_eq!(desk.status(&sent, "sent").await.status, 204);
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Sent);
    assert!(message.sent_time.is_some() && message.end_time.is_none());
    desk.status(&sent, "delivered").await;
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Delivered);
    assert!(message.end_time.is_some());
    assert_eq!(
        desk.h.events_of(&id, "message.delivered").await,
        ["message.accepted", "message.sent", "message.delivered"]
    );
}

#[tokio::test]
async fn a_failure_says_why() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    let url = sent.field("StatusCallback");
    let fields = [
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "undelivered"),
        ("ErrorCode", "30006"),
    ];
    desk.told(url, &fields).await;
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Failed);
    assert_eq!(
        (message.reason.as_str(), message.provider_code.as_str()),
        ("ADDRESS_NOT_SUPPORTED", "30006")
    );
}

#[tokio::test]
async fn late_and_repeated_callbacks_change_nothing() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    for status in [
        "delivered",
        "sent",
        "queued",
        "delivered",
        "sending",
        "sent",
        "unheard-of",
    ] {
        assert_eq!(desk.status(&sent, status).await.status, 204, "{status}");
        let message = desk.h.get(&id).await.unwrap();
        assert_eq!(message.state(), pb::MessageState::Delivered, "{status}");
    }
    // A sentinel behind them: no further event of the first message is on its way.
    let (other, sent) = desk.text().await;
    desk.status(&sent, "delivered").await;
    desk.h.events_of(&other, "message.delivered").await;
    assert_eq!(
        desk.h.events_of(&id, "message.delivered").await,
        ["message.accepted", "message.delivered"]
    );
}

#[tokio::test]
async fn every_order_of_callbacks_ends_alike() {
    let desk = Desk::open().await;
    let orders = [
        ["queued", "sent", "delivered"],
        ["queued", "delivered", "sent"],
        ["sent", "queued", "delivered"],
        ["sent", "delivered", "queued"],
        ["delivered", "queued", "sent"],
        ["delivered", "sent", "queued"],
    ];
    for order in orders {
        let (id, sent) = desk.text().await;
        for status in order.into_iter().chain(order) {
            desk.status(&sent, status).await;
        }
        let message = desk.h.get(&id).await.unwrap();
        assert_eq!(message.state(), pb::MessageState::Delivered, "{order:?}");
    }
}

#[tokio::test]
async fn a_callback_settles_what_broke_off() {
    let sending = Sending {
        // The look-up would come too late for this test.
        settle: Duration::from_mins(10),
        ..quick()
    };
    let desk = Desk::open_with(sending, |_| {}).await;
    desk.twilio.script([Some(Mishap::CutAfter)]);
    let id = desk.h.send(desk.h.code()).await.unwrap().message_id;
    desk.h.wait_for(&id, pb::MessageState::Ambiguous).await;
    let sent = desk.twilio.made(Kind::Message).pop().unwrap();
    desk.status(&sent, "delivered").await;
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Delivered);
    desk.h
        .tamper("UPDATE store.job SET run_at = clock_timestamp()")
        .await;
    desk.h
        .wait_for_count("SELECT count(*) FROM store.job", 0)
        .await;
    assert_eq!(desk.twilio.made(Kind::Message).len(), 1);
}

#[tokio::test]
async fn a_callback_that_overtakes_the_answer_is_kept() {
    let desk = Desk::open().await;
    desk.twilio.script([Some(Mishap::Hang)]);
    let id = desk.h.send(desk.h.code()).await.unwrap().message_id;
    desk.h
        .wait_until(&id, |_| !desk.twilio.made(Kind::Message).is_empty())
        .await;
    let sent = desk.twilio.made(Kind::Message).pop().unwrap();
    desk.status(&sent, "sent").await;
    desk.h
        .wait_for_count("SELECT count(*) FROM store.job", 0)
        .await;
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(
        (message.state(), message.attempts),
        (pb::MessageState::Sent, 1)
    );
    assert_eq!(desk.twilio.made(Kind::Message).len(), 1);
}

#[tokio::test]
async fn a_forged_callback_changes_nothing() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    let url = sent.field("StatusCallback");
    let fields = [
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "delivered"),
    ];
    let good = signature(TOKEN, url, &fields);
    let failed = form(&[
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "failed"),
    ]);
    for (signed, body) in [
        (signature("another-token", url, &fields), form(&fields)),
        (String::new(), form(&fields)),
        ("nonsense".to_owned(), form(&fields)),
        (good.clone(), failed),
        (good.clone(), format!("{}&Extra=1", form(&fields))),
    ] {
        let answer = desk.arrives(url, &signed, &body).await.unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (403, ""));
    }
    let elsewhere = format!("{url}?x=1");
    let answer = desk
        .arrives(&elsewhere, &good, &form(&fields))
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Accepted);
}

#[tokio::test]
async fn fields_and_ports_nobody_knows_of_are_signed_too() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    let url = sent.field("StatusCallback");
    let fields = [
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "sent"),
        ("BrandNew", "a b+c&d=é"),
        ("Empty", ""),
        ("MessageStatus", "sent"),
    ];
    let with_port = url.replace("https://clinics.example", "https://clinics.example:443");
    let signed = signature(TOKEN, &with_port, &fields);
    let answer = desk.arrives(url, &signed, &form(&fields)).await.unwrap();
    assert_eq!(answer.status, 204);
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Sent);
}

#[tokio::test]
async fn both_tokens_are_believed_while_they_are_exchanged() {
    let desk = Desk::open_with(quick(), |settings| {
        settings.secondary_auth_token = SECONDARY.to_owned();
    })
    .await;
    for token in [TOKEN, SECONDARY] {
        let (id, sent) = desk.text().await;
        let url = sent.field("StatusCallback");
        let fields = [
            ("MessageSid", sent.sid.as_str()),
            ("MessageStatus", "delivered"),
        ];
        let signed = signature(token, url, &fields);
        desk.arrives(url, &signed, &form(&fields)).await.unwrap();
        desk.h.wait_for(&id, pb::MessageState::Delivered).await;
    }
}

#[tokio::test]
async fn the_paths_of_others_look_like_nobodys() {
    let (desk, other) = (Desk::open().await, Desk::open().await);
    let (id, sent) = desk.text().await;
    let (foreign, theirs) = other.text().await;
    let url = sent.field("StatusCallback");
    let fields = [
        ("MessageSid", sent.sid.as_str()),
        ("MessageStatus", "delivered"),
    ];
    for wrong in [
        url.replace(&id, &foreign),
        url.replace("/message/", "/call/"),
        url.replace("/message/", "/other/"),
        format!("{url}/more"),
        theirs.field("StatusCallback").to_owned(),
        "https://clinics.example/hooks/x".to_owned(),
        "nothing".to_owned(),
    ] {
        let answer = desk.told(&wrong, &fields).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{wrong}");
    }
    let message = desk.h.get(&id).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Accepted);
}

#[tokio::test]
async fn a_disabled_account_still_hears_what_became_of_its_messages() {
    let desk = Desk::open().await;
    let (id, sent) = desk.text().await;
    let request = pb::DisableChannelAccountRequest {
        channel_account_id: desk.account.channel_account_id.clone(),
    };
    desk.h
        .accounts()
        .disable_channel_account(desk.h.request(request))
        .await
        .unwrap();
    assert_eq!(desk.status(&sent, "delivered").await.status, 204);
    desk.h.wait_for(&id, pb::MessageState::Delivered).await;
}

#[tokio::test]
async fn more_than_the_limits_is_refused() {
    let desk = Desk::open().await;
    let request = pb::IngestWebhookRequest {
        url: "x".repeat(4001),
        headers: vec![pb::WebhookHeader::default(); 65],
        body: vec![0; 65_537],
    };
    let refused = desk.ingest(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::InvalidArgument, "INVALID_REQUEST".to_owned())
    );
    let paths = crate::harness::paths(&refused);
    for path in ["url", "headers", "body"] {
        assert!(paths.contains(&path.to_owned()), "{paths:?}");
    }
}
