use crate::harness::{Harness, organization, scope};
use async_trait::async_trait;
use bitewing_core::EventId;
use bitewing_store::feed::{
    Consumer, ConsumerOptions, EventError, EventHandler, EventSource, FeedEvent, Pass, PassError,
    Sequencer, SourceError,
};
use bitewing_store::{StoreError, Tx};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What the handler does with events of a resource.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Poison,
    Panic,
    Transient,
}

/// Writes one row per event, so that effects are counted where they happen.
#[derive(Default)]
struct Effects {
    moods: Mutex<HashMap<&'static str, Mood>>,
    calls: Mutex<Vec<String>>,
}

impl Effects {
    fn mood(&self, resource: &'static str, mood: Option<Mood>) {
        let mut moods = self.moods.lock().unwrap();
        match mood {
            Some(mood) => moods.insert(resource, mood),
            None => moods.remove(resource),
        };
    }

    fn calls(&self, resource: &str) -> usize {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .filter(|call| *call == resource)
            .count()
    }
}

#[async_trait]
impl EventHandler for Effects {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        self.calls.lock().unwrap().push(event.resource.clone());
        sqlx::query("INSERT INTO effect (organization_id, resource) VALUES ($1, $2)")
            .bind(event.organization.uuid())
            .bind(&event.resource)
            .execute(tx.conn())
            .await?;
        let mood = self
            .moods
            .lock()
            .unwrap()
            .get(event.resource.as_str())
            .copied();
        match mood {
            None => Ok(()),
            Some(Mood::Poison) => Err(EventError::poison("BAD_THING")),
            Some(Mood::Transient) => Err(EventError::transient("PEER_DOWN")),
            Some(Mood::Panic) => panic!("the handler panics"),
        }
    }
}

struct Setting {
    h: Harness,
    effects: Arc<Effects>,
    consumer: Consumer,
    sequencer: Sequencer,
}

impl Setting {
    async fn new() -> Self {
        let h = Harness::new().await;
        h.tamper(
            "CREATE TABLE effect (organization_id uuid, resource text);
             GRANT SELECT, INSERT ON effect TO bitewing_app",
        )
        .await;
        let effects = Arc::new(Effects::default());
        let consumer = consumer(&h, &effects);
        let sequencer = Sequencer::new(h.db.clone());
        Self {
            h,
            effects,
            consumer,
            sequencer,
        }
    }

    async fn emit(&self, number: u128, resources: &[&str]) {
        self.h.emit(organization(number), resources).await;
        self.sequencer.run_once().await.unwrap();
    }

    async fn effects(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT resource FROM effect ORDER BY resource")
            .fetch_all(&mut self.h.admin().await)
            .await
            .unwrap()
    }
}

fn consumer(h: &Harness, effects: &Arc<Effects>) -> Consumer {
    let source: Arc<dyn EventSource> = Arc::new(h.db.clone());
    let handler: Arc<dyn EventHandler> = Arc::<Effects>::clone(effects);
    let options = ConsumerOptions {
        tries: 3,
        ..ConsumerOptions::default()
    };
    Consumer::new(h.another(4), "things", source, handler, options)
}

#[tokio::test]
async fn every_event_has_its_effect_once() {
    let s = Setting::new().await;
    s.emit(1, &["a", "b"]).await;
    s.emit(2, &["c"]).await;
    let pass = s.consumer.run_once().await.unwrap();
    assert_eq!(
        pass,
        Pass {
            pulled: 3,
            handled: 3,
            dead: 0,
            blocked_at: None
        }
    );
    assert_eq!(s.consumer.run_once().await.unwrap(), Pass::default());
    assert_eq!(s.effects().await, ["a", "b", "c"]);
    assert_eq!(s.h.db.feed_cursor("things").await.unwrap(), 3);
}

#[tokio::test]
async fn a_crash_between_effect_and_cursor_repeats_nothing() {
    let s = Setting::new().await;
    s.emit(1, &["a", "b"]).await;
    s.consumer.run_once().await.unwrap();
    s.h.tamper("UPDATE store.feed_cursor SET position = 0")
        .await;
    let pass = s.consumer.run_once().await.unwrap();
    assert_eq!((pass.pulled, pass.handled), (2, 0));
    assert_eq!(s.effects().await, ["a", "b"]);
}

/// Answers what it was given, however late.
struct Stale(Vec<FeedEvent>);

#[async_trait]
impl EventSource for Stale {
    async fn pull(&self, _: i64, _: u32, _: Duration) -> Result<Vec<FeedEvent>, SourceError> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn a_consumer_that_slept_over_the_pruning_of_the_inbox_repeats_nothing() {
    let s = Setting::new().await;
    s.emit(1, &["a", "b"]).await;
    let pulled = s.h.db.pull(0, 10, Duration::ZERO).await.unwrap();
    s.consumer.run_once().await.unwrap();
    s.h.tamper("DELETE FROM store.inbox").await;
    let handler: Arc<dyn EventHandler> = Arc::<Effects>::clone(&s.effects);
    let slept = Consumer::new(
        s.h.another(2),
        "things",
        Arc::new(Stale(pulled)),
        handler,
        ConsumerOptions::default(),
    );
    let pass = slept.run_once().await.unwrap();
    assert_eq!((pass.pulled, pass.handled), (2, 0));
    assert_eq!(s.effects().await, ["a", "b"]);
}

#[tokio::test]
async fn two_consumers_at_once_have_every_effect_once() {
    let s = Setting::new().await;
    for number in 1..=5 {
        s.emit(number, &["x"; 60]).await;
    }
    let other = consumer(&s.h, &s.effects);
    let (one, two) = tokio::join!(s.consumer.run_once(), other.run_once());
    assert_eq!(one.unwrap().handled + two.unwrap().handled, 300);
    assert_eq!(s.effects().await.len(), 300);
}

#[tokio::test]
async fn poison_is_put_aside_after_its_tries_and_holds_up_only_its_own_organization() {
    let s = Setting::new().await;
    s.effects.mood("bad", Some(Mood::Poison));
    s.emit(1, &["a", "bad", "b"]).await;
    s.emit(2, &["c"]).await;

    let pass = s.consumer.run_once().await.unwrap();
    assert_eq!(pass.blocked_at, Some(2));
    assert_eq!(s.effects().await, ["a", "c"]);
    assert_eq!(s.h.db.feed_cursor("things").await.unwrap(), 1);

    assert_eq!(s.consumer.run_once().await.unwrap().dead, 0);
    let pass = s.consumer.run_once().await.unwrap();
    assert_eq!((pass.dead, pass.handled, pass.blocked_at), (1, 1, None));
    assert_eq!(s.effects().await, ["a", "b", "c"]);
    assert_eq!(s.h.db.feed_cursor("things").await.unwrap(), 4);
    // Once in the batch it spoiled, then three times by itself.
    assert_eq!(s.effects.calls("bad"), 4);

    let dead = s.h.db.dead_events("things", 0, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (dead[0].position, dead[0].reason.as_str()),
        (2, "BAD_THING")
    );
    assert_eq!(dead[0].organization, organization(1));
}

#[tokio::test]
async fn a_dead_event_is_replayed_once() {
    let s = Setting::new().await;
    s.effects.mood("bad", Some(Mood::Poison));
    s.emit(1, &["bad"]).await;
    for _ in 0..3 {
        s.consumer.run_once().await.unwrap();
    }
    let dead = s.h.db.dead_events("things", 0, 10).await.unwrap().remove(0);
    let failed = s.consumer.replay(dead.organization, dead.id).await;
    assert!(matches!(failed, Err(PassError::Handler("BAD_THING"))));

    s.effects.mood("bad", None);
    assert!(s.consumer.replay(dead.organization, dead.id).await.unwrap());
    assert!(!s.consumer.replay(dead.organization, dead.id).await.unwrap());
    assert_eq!(s.effects().await, ["bad"]);
    assert!(
        !s.consumer
            .replay(organization(9), EventId::from_uuid(uuid::Uuid::nil()))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_panic_is_a_failure_of_the_event() {
    let s = Setting::new().await;
    s.effects.mood("bad", Some(Mood::Panic));
    s.emit(1, &["bad", "a"]).await;
    for _ in 0..3 {
        s.consumer.run_once().await.unwrap();
    }
    assert_eq!(s.effects().await, ["a"]);
    assert_eq!(
        s.h.db.dead_events("things", 0, 10).await.unwrap()[0].reason,
        "PANIC"
    );
}

#[tokio::test]
async fn a_transient_failure_is_never_the_fault_of_the_event() {
    let s = Setting::new().await;
    s.effects.mood("a", Some(Mood::Transient));
    s.emit(1, &["a"]).await;
    for _ in 0..10 {
        let failed = s.consumer.run_once().await;
        assert!(matches!(failed, Err(PassError::Handler("PEER_DOWN"))));
    }
    s.effects.mood("a", None);
    assert_eq!(s.consumer.run_once().await.unwrap().handled, 1);
    assert_eq!(s.effects().await, ["a"]);
}

#[tokio::test]
async fn the_cursor_never_goes_back() {
    let s = Setting::new().await;
    s.emit(1, &["a", "b"]).await;
    let early = s.h.db.pull(0, 1, Duration::ZERO).await.unwrap();
    s.consumer.run_once().await.unwrap();
    let handler: Arc<dyn EventHandler> = Arc::<Effects>::clone(&s.effects);
    let late = Consumer::new(
        s.h.another(2),
        "things",
        Arc::new(Stale(early)),
        handler,
        ConsumerOptions::default(),
    );
    late.run_once().await.unwrap();
    assert_eq!(s.h.db.feed_cursor("things").await.unwrap(), 2);
}

/// A feed whose peer is away.
struct Silent;

#[async_trait]
impl EventSource for Silent {
    async fn pull(&self, _: i64, _: u32, _: Duration) -> Result<Vec<FeedEvent>, SourceError> {
        Err(SourceError("PEER_UNAVAILABLE"))
    }
}

#[tokio::test]
async fn a_silent_peer_is_reported_and_costs_nothing_else() {
    let s = Setting::new().await;
    let handler: Arc<dyn EventHandler> = Arc::<Effects>::clone(&s.effects);
    let consumer = Consumer::new(
        s.h.db.clone(),
        "things",
        Arc::new(Silent),
        handler,
        ConsumerOptions::default(),
    );
    let failed = consumer.run_once().await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "the feed does not answer: PEER_UNAVAILABLE"
    );
}

#[tokio::test]
async fn a_running_consumer_follows_and_stops() {
    let s = Setting::new().await;
    let stop = CancellationToken::new();
    let work = async {
        s.emit(1, &["a", "b"]).await;
        while s.h.db.feed_cursor("things").await.unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    tokio::join!(s.consumer.run(stop.clone()), work);
    assert_eq!(s.effects().await, ["a", "b"]);
}

#[tokio::test]
async fn what_a_handler_may_not_write_is_its_failure_and_not_a_leak() {
    struct Trespasser;
    #[async_trait]
    impl EventHandler for Trespasser {
        async fn handle(&self, _: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
            let other = organization(2).uuid();
            sqlx::query("INSERT INTO store.inbox (organization_id, feed, event_id, position) VALUES ($1, 'f', $1, 1)")
                .bind(other)
                .execute(tx.conn())
                .await
                .map_err(StoreError::from)?;
            Ok(())
        }
    }
    let s = Setting::new().await;
    s.emit(1, &["a"]).await;
    let source: Arc<dyn EventSource> = Arc::new(s.h.db.clone());
    let options = ConsumerOptions {
        tries: 1,
        ..ConsumerOptions::default()
    };
    let consumer = Consumer::new(s.h.another(2), "f", source, Arc::new(Trespasser), options);
    assert_eq!(consumer.run_once().await.unwrap().dead, 1);
    let mut tx = s.h.db.begin(&scope(organization(2))).await.unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM store.inbox")
        .fetch_one(tx.conn())
        .await
        .unwrap();
    assert_eq!(seen, 0);
}
