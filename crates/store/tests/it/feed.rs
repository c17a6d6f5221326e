use crate::harness::{Harness, event, organization, scope};
use bitewing_store::feed::{FeedEvent, Sequencer};
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

async fn all(h: &Harness) -> Vec<FeedEvent> {
    h.db.pull(0, 1_000, Duration::ZERO).await.unwrap()
}

fn resources(events: &[FeedEvent]) -> Vec<&str> {
    events.iter().map(|event| event.resource.as_str()).collect()
}

#[tokio::test]
async fn events_get_positions_without_gaps_in_the_order_they_were_told() {
    let h = Harness::new().await;
    let sequencer = Sequencer::new(h.db.clone());
    h.emit(organization(1), &["a", "b"]).await;
    h.emit(organization(2), &["c"]).await;
    assert_eq!(sequencer.run_once().await.unwrap(), 3);
    h.emit(organization(1), &["d"]).await;
    assert_eq!(sequencer.run_once().await.unwrap(), 1);

    let events = all(&h).await;
    assert_eq!(resources(&events), ["a", "b", "c", "d"]);
    assert_eq!(
        events
            .iter()
            .map(|event| event.position)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(events[2].organization, organization(2));
    assert_eq!(events[0].payload, serde_json::json!({ "thing_id": "a" }));
    assert_eq!(h.db.feed_head().await.unwrap(), 4);
}

#[tokio::test]
async fn what_is_not_committed_is_not_told() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    tx.emit(event("undone")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(Sequencer::new(h.db.clone()).run_once().await.unwrap(), 0);
}

#[tokio::test]
async fn a_late_commit_delays_nobody_and_is_told_in_its_turn() {
    let h = Harness::new().await;
    let sequencer = Sequencer::new(h.db.clone());
    let mut slow = h.db.begin(&scope(organization(1))).await.unwrap();
    slow.emit(event("slow")).await.unwrap();
    h.emit(organization(1), &["quick"]).await;
    assert_eq!(sequencer.run_once().await.unwrap(), 1);
    slow.commit().await.unwrap();
    assert_eq!(sequencer.run_once().await.unwrap(), 1);
    assert_eq!(resources(&all(&h).await), ["quick", "slow"]);
}

/// The consequence's transaction began, and took its id, before the cause's.
#[tokio::test]
async fn a_consequence_is_never_told_before_its_cause() {
    let h = Harness::new().await;
    let mut consequence = h.db.begin(&scope(organization(1))).await.unwrap();
    consequence.emit(event("before")).await.unwrap();
    h.emit(organization(1), &["cause"]).await;
    consequence.emit(event("consequence")).await.unwrap();
    consequence.commit().await.unwrap();
    assert_eq!(Sequencer::new(h.db.clone()).run_once().await.unwrap(), 3);
    assert_eq!(
        resources(&all(&h).await),
        ["before", "cause", "consequence"]
    );
}

#[tokio::test]
async fn more_than_a_batch_keeps_its_order() {
    let h = Harness::new().await;
    let names: Vec<String> = (0..2_500).map(|number| format!("{number:04}")).collect();
    for chunk in names.chunks(900) {
        h.emit(
            organization(1),
            &chunk.iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .await;
    }
    assert_eq!(
        Sequencer::new(h.db.clone()).run_once().await.unwrap(),
        2_500
    );
    let told = h.db.pull(0, 5_000, Duration::ZERO).await.unwrap();
    assert_eq!(resources(&told), names);
}

#[tokio::test]
async fn a_pull_continues_after_a_position_and_waits_for_the_next() {
    let h = Harness::new().await;
    let sequencer = Sequencer::new(h.db.clone());
    h.emit(organization(1), &["a", "b", "c"]).await;
    sequencer.run_once().await.unwrap();
    let page = h.db.pull(1, 1, Duration::ZERO).await.unwrap();
    assert_eq!(resources(&page), ["b"]);
    assert_eq!(h.db.pull(3, 10, Duration::ZERO).await.unwrap(), []);

    let later = async {
        h.emit(organization(1), &["d"]).await;
        sequencer.run_once().await.unwrap();
    };
    let (page, ()) = tokio::join!(h.db.pull(3, 10, Duration::from_secs(30)), later);
    assert_eq!(resources(&page.unwrap()), ["d"]);
}

#[tokio::test]
async fn a_running_sequencer_is_woken_by_a_commit_and_gives_its_lease_back() {
    let h = Harness::new().await;
    let stop = CancellationToken::new();
    let sequencer = Sequencer::new(h.db.clone());
    let work = async {
        for round in 0..5 {
            h.emit(organization(1), &["a"]).await;
            let page = h.db.pull(round, 10, Duration::from_secs(30)).await.unwrap();
            assert_eq!(page.len(), 1);
        }
        stop.cancel();
    };
    tokio::join!(sequencer.run(stop.clone()), work);
    let held = "SELECT count(*) FROM store.lease WHERE until > clock_timestamp()";
    assert_eq!(h.count(held).await, 0);
}

#[tokio::test]
async fn an_event_carries_the_trace_it_happened_in() {
    let h = Harness::new().await;
    let span = SpanContext::new(
        TraceId::from_hex("0af7651916cd43dd8448eb211c80319c").unwrap(),
        SpanId::from_hex("b7ad6b7169203331").unwrap(),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let cause = Context::new().with_remote_span_context(span);
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let told = async {
        let request = tracing::info_span!("request");
        request.set_parent(cause).unwrap();
        h.emit(organization(1), &["a"]).instrument(request).await;
    };
    told.with_subscriber(tracing_subscriber::registry().with(layer))
        .await;
    h.emit(organization(1), &["b"]).await;
    Sequencer::new(h.db.clone()).run_once().await.unwrap();
    let events = all(&h).await;
    let told = events[0].traceparent.as_deref().unwrap();
    assert!(told.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && told.ends_with("-01"));
    assert_eq!(events[1].traceparent, None);
}

#[tokio::test]
async fn two_sequencers_at_once_give_every_position_once() {
    let h = Harness::new().await;
    for _ in 0..20 {
        h.emit(organization(1), &["a"; 100]).await;
    }
    let one = Sequencer::new(h.db.clone());
    let other = Sequencer::new(h.another(2));
    let (first, second) = tokio::join!(one.run_once(), other.run_once());
    assert_eq!(first.unwrap() + second.unwrap(), 2_000);
    let distinct = "SELECT count(DISTINCT position) FROM store.outbox WHERE position <= 2000";
    assert_eq!(h.count(distinct).await, 2_000);
}
