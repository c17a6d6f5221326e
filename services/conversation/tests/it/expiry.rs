use crate::harness::{Harness, http_account, provider, reason};
use bitewing_proto::conversation as pb;
use bitewing_testkit::provider::Fault;
use tonic::Code;

#[tokio::test]
async fn a_message_whose_time_passes_is_not_sent_and_forgotten() {
    let h = Harness::start().await;
    // The discard port: nobody listens there.
    let account = http_account("http://127.0.0.1:9/messages", pb::RepeatContract::Keyed);
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(account),
        request_id: String::new(),
    };
    h.accounts()
        .create_channel_account(h.request(request))
        .await
        .unwrap();
    let id = h.send(h.code()).await.unwrap().message_id;
    h.tamper("UPDATE messages SET not_after = clock_timestamp()")
        .await;
    let message = h.wait_for(&id, pb::MessageState::Expired).await;
    assert_eq!(message.reason, "TOO_LATE");
    assert_eq!(
        h.events_of(&id, "message.expired").await,
        ["message.expired"]
    );
    let kept = "SELECT count(*) FROM messages WHERE body IS NOT NULL OR secret IS NOT NULL";
    assert_eq!(h.count(kept).await, 0);
    assert_eq!(h.count("SELECT count(*) FROM store.job").await, 0);
}

#[tokio::test]
async fn a_held_message_keeps_its_words_until_its_time_passes() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::None).await;
    stub.faults.script([Some(Fault::AcceptThenReset)]);
    let id = h.send(h.code()).await.unwrap().message_id;
    h.wait_for(&id, pb::MessageState::Ambiguous).await;
    let kept = "SELECT count(*) FROM messages WHERE body IS NOT NULL AND secret IS NOT NULL";
    assert_eq!(h.count(kept).await, 1);
    h.tamper(
        "UPDATE messages SET not_after = clock_timestamp(), quiet_at = clock_timestamp();
         UPDATE store.job SET run_at = clock_timestamp()",
    )
    .await;
    h.wait_for_count(kept, 0).await;
    h.wait_for_count("SELECT count(*) FROM store.job", 0).await;
    assert_eq!(
        h.get(&id).await.unwrap().state(),
        pb::MessageState::Ambiguous
    );

    let resolve = |resolution: pb::Resolution| {
        let request = pb::ResolveMessageRequest {
            message_id: id.clone(),
            resolution: resolution.into(),
        };
        h.request(request)
    };
    let resend = resolve(pb::Resolution::Resend);
    let refused = h.messages().resolve_message(resend).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::FailedPrecondition, "MESSAGE_EXPIRED".to_owned())
    );
    let sent = resolve(pb::Resolution::ConsiderSent);
    let sent = h
        .messages()
        .resolve_message(sent)
        .await
        .unwrap()
        .into_inner()
        .message
        .unwrap();
    assert_eq!(sent.state(), pb::MessageState::Accepted);
}
