use crate::harness::{Harness, http_account, provider};
use bitewing_proto::conversation as pb;
use bitewing_testkit::StubProvider;
use bitewing_testkit::provider::{Asked, Entry, Fault, RepeatPromise, SeededEntropy};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Longer than a call may take.
const LATE: Duration = Duration::from_millis(700);

const AMBIGUOUS: [Fault; 6] = [
    Fault::AcceptThenHang,
    Fault::AcceptThenReset,
    Fault::Reset,
    Fault::FailBeforeAccept,
    Fault::FailAfterAccept,
    Fault::Slow(LATE),
];

async fn send(h: &Harness, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        ids.push(h.send(h.code()).await.unwrap().message_id);
    }
    ids
}

#[tokio::test]
async fn a_provider_gets_what_the_wire_format_says() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::Keyed).await;
    let call = pb::SendTransactionalRequest {
        channel: pb::Channel::Voice.into(),
        ..h.code()
    };
    let id = h.send(call).await.unwrap().message_id;
    h.wait_for(&id, pb::MessageState::Accepted).await;
    let [
        Entry::Post {
            key,
            credential,
            body,
            ..
        },
    ] = &stub.ledger.entries()[..]
    else {
        panic!("one request");
    };
    assert_eq!((key, credential.as_str()), (&id, "Bearer hush-hush"));
    let expected = serde_json::json!({
        "id": id,
        "channel": "VOICE",
        "language": "fr-CA",
        "from": "+15148730001",
        "to": "+15148731234",
        "greeting": "This is Clinic Riverside. Press a key.",
        "text": "Your code is 4, 8, 2, 9, 1, 3.",
    });
    assert_eq!(*body, expected);
    assert_eq!(
        h.events_of(&id, "message.accepted").await,
        ["message.accepted"]
    );
}

#[tokio::test]
async fn with_a_key_nothing_is_lost_and_nothing_arrives_twice() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::Keyed).await;
    stub.faults
        .by_chance(40, &AMBIGUOUS, SeededEntropy::new(11));
    let ids = send(&h, 30).await;
    for id in &ids {
        h.wait_for(id, pb::MessageState::Accepted).await;
        assert_eq!(stub.ledger.arrivals_of(id), 1);
    }
    let posts: usize = ids.iter().map(|id| stub.ledger.posts_of(id)).sum();
    assert!(posts > ids.len(), "some were repeated");
}

#[tokio::test]
async fn a_provider_that_can_be_asked_is_asked_before_anything_is_sent_again() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::Queryable).await;
    stub.faults
        .by_chance(40, &AMBIGUOUS, SeededEntropy::new(12));
    let ids = send(&h, 20).await;
    for id in &ids {
        h.wait_for(id, pb::MessageState::Accepted).await;
        assert_eq!(stub.ledger.arrivals_of(id), 1);
    }
    let mut absent = std::collections::BTreeMap::<_, usize>::new();
    for entry in stub.ledger.entries() {
        if let Entry::Get {
            key,
            outcome: Asked::Absent,
        } = entry
        {
            *absent.entry(key).or_default() += 1;
        }
    }
    for id in &ids {
        let proven = absent.get(id).copied().unwrap_or(0);
        assert_eq!(
            stub.ledger.posts_of(id),
            1 + proven,
            "sent again only where proven absent"
        );
    }
    assert!(!absent.is_empty(), "some were absent");
}

#[tokio::test]
async fn without_a_promise_exactly_the_unknown_ones_are_held() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::None).await;
    let faults = AMBIGUOUS.map(Some).into_iter();
    stub.faults
        .script(faults.chain([None, None, Some(Fault::Busy(0)), None]));
    let ids = send(&h, 10).await;
    let (mut held, mut sent) = (0, 0);
    for id in &ids {
        let settled = |message: &pb::Message| {
            matches!(
                message.state(),
                pb::MessageState::Ambiguous | pb::MessageState::Accepted
            )
        };
        match h.wait_until(id, settled).await.state() {
            pb::MessageState::Ambiguous => held += 1,
            _ => sent += 1,
        }
        assert!(stub.ledger.arrivals_of(id) <= 1);
    }
    assert_eq!((held, sent), (AMBIGUOUS.len(), 4));
    // Nothing moves until somebody decides, however often the job comes back.
    h.tamper(
        "UPDATE store.job SET run_at = clock_timestamp(); UPDATE messages SET quiet_at = now()",
    )
    .await;
    let later = h.send(h.code()).await.unwrap().message_id;
    h.wait_for(&later, pb::MessageState::Accepted).await;
    let posts: usize = ids.iter().map(|id| stub.ledger.posts_of(id)).sum();
    assert_eq!(posts, ids.len() + 1, "one was busy, none was repeated");
}

#[tokio::test]
async fn a_refusal_is_final_and_says_why() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::Keyed).await;
    stub.faults.script([Some(Fault::Refuse)]);
    let id = h.send(h.code()).await.unwrap().message_id;
    let message = h.wait_for(&id, pb::MessageState::Failed).await;
    assert_eq!(
        (message.reason.as_str(), message.attempts),
        ("PROVIDER_REFUSED", 1)
    );
    assert_eq!(h.events_of(&id, "message.failed").await, ["message.failed"]);
}

#[tokio::test]
async fn a_busy_provider_is_left_alone_as_long_as_it_asks() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::None).await;
    stub.faults.script([Some(Fault::Busy(1))]);
    let begun = Instant::now();
    let id = h.send(h.code()).await.unwrap().message_id;
    let message = h.wait_for(&id, pb::MessageState::Accepted).await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!((message.attempts, stub.ledger.arrivals_of(&id)), (2, 1));
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_ambiguous() {
    let h = Harness::start().await;
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let endpoint = format!("http://{free}/messages");
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(http_account(&endpoint, pb::RepeatContract::None)),
        request_id: String::new(),
    };
    h.accounts()
        .create_channel_account(h.request(request))
        .await
        .unwrap();
    let id = h.send(h.code()).await.unwrap().message_id;
    let tried = h.wait_until(&id, |message| {
        assert_ne!(message.state(), pb::MessageState::Ambiguous);
        message.attempts >= 3 && message.state() == pb::MessageState::Queued
    });
    assert_eq!(tried.await.reason, "PROVIDER_NOT_REACHED");
    let stub = StubProvider::start_at(free, RepeatPromise::None)
        .await
        .unwrap();
    h.wait_for(&id, pb::MessageState::Accepted).await;
    assert_eq!(stub.ledger.arrivals_of(&id), 1);
}
