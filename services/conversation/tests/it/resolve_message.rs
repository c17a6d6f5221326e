use crate::harness::{Harness, bytes, paths, provider, reason};
use bitewing_proto::conversation as pb;
use bitewing_testkit::provider::Fault;
use bitewing_testkit::{StubProvider, TestCaller};
use std::sync::Arc;
use tonic::{Code, Status};

/// A message whose provider took it and never said so.
async fn held(h: &Harness) -> (Arc<StubProvider>, String) {
    let (stub, _) = provider(h, pb::RepeatContract::None).await;
    stub.faults.script([Some(Fault::AcceptThenReset)]);
    let message = h.send(h.code()).await.unwrap();
    h.wait_for(&message.message_id, pb::MessageState::Ambiguous)
        .await;
    (stub, message.message_id)
}

async fn resolve(h: &Harness, id: &str, resolution: pb::Resolution) -> Result<pb::Message, Status> {
    let request = pb::ResolveMessageRequest {
        message_id: id.to_owned(),
        resolution: resolution.into(),
    };
    Ok(h.messages()
        .resolve_message(h.request(request))
        .await?
        .into_inner()
        .message
        .unwrap())
}

#[tokio::test]
async fn sent_again_it_arrives_twice_because_somebody_decided_so() {
    let h = Harness::start().await;
    let (stub, id) = held(&h).await;
    let message = resolve(&h, &id, pb::Resolution::Resend).await.unwrap();
    assert_eq!(message.state(), pb::MessageState::Queued);
    h.wait_for(&id, pb::MessageState::Accepted).await;
    assert_eq!(stub.ledger.arrivals_of(&id), 2);
}

#[tokio::test]
async fn taken_as_sent_or_as_failed_it_is_let_be() {
    let h = Harness::start().await;
    for (resolution, state, why) in [
        (
            pb::Resolution::ConsiderSent,
            pb::MessageState::Accepted,
            "CONSIDERED_SENT",
        ),
        (
            pb::Resolution::ConsiderFailed,
            pb::MessageState::Failed,
            "CONSIDERED_FAILED",
        ),
    ] {
        let (stub, id) = held(&h).await;
        let message = resolve(&h, &id, resolution).await.unwrap();
        assert_eq!((message.state(), message.reason.as_str()), (state, why));
        let refused = resolve(&h, &id, resolution).await.err().unwrap();
        let expected = (Code::FailedPrecondition, "MESSAGE_NOT_AMBIGUOUS".to_owned());
        assert_eq!(reason(&refused), expected);
        assert_eq!(stub.ledger.posts_of(&id), 1);
    }
    let kept: i64 = h
        .count("SELECT count(*) FROM messages WHERE body IS NOT NULL")
        .await;
    assert_eq!(kept, 0, "what was decided says nothing any more");
}

#[tokio::test]
async fn only_what_is_ambiguous_and_ones_own_can_be_decided() {
    let h = Harness::start().await;
    let (_stub, id) = held(&h).await;
    let refused = resolve(&h, &id, pb::Resolution::Unspecified)
        .await
        .err()
        .unwrap();
    assert_eq!(paths(&refused), ["resolution"]);
    let absent = "msg_01h455vb4pex5vsknk084sn02q";
    let absent = resolve(&h, absent, pb::Resolution::Resend)
        .await
        .err()
        .unwrap();
    assert_eq!(
        reason(&absent),
        (Code::NotFound, "MESSAGE_NOT_FOUND".to_owned())
    );
    let request = pb::ResolveMessageRequest {
        message_id: id,
        resolution: pb::Resolution::Resend.into(),
    };
    let foreign = h.request_as(&TestCaller::fresh(), request);
    let foreign = h.messages().resolve_message(foreign).await.err().unwrap();
    assert_eq!(bytes(&foreign), bytes(&absent));
}
