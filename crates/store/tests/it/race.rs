//! Many writers commit in any order while two sequencers and two consumers run.

use crate::harness::{Harness, event, organization};
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_store::feed::{
    Consumer, ConsumerOptions, EventError, EventHandler, EventSource, FeedEvent, Sequencer,
};
use bitewing_store::{Db, StoreError, Tx};
use futures_util::future::join_all;
use std::collections::HashSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const WRITERS: usize = 64;
const EVENTS: usize = 100_000;
const PER_TRANSACTION: usize = 50;

/// One row per handled event, with nothing that would hide a second one.
struct Ledger;

#[async_trait]
impl EventHandler for Ledger {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        sqlx::query("INSERT INTO ledger (resource) VALUES ($1)")
            .bind(&event.resource)
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}

/// Commits its share, each transaction a random moment after writing, and undoes every tenth.
async fn write(db: Db, writer: usize) -> Result<Vec<String>, StoreError> {
    let mut committed = Vec::new();
    let scope = Scope::of_job(organization(1 + (writer % 16) as u128));
    let mut attempt = 0;
    while committed.len() < EVENTS / WRITERS {
        attempt += 1;
        let left = EVENTS / WRITERS - committed.len();
        let names: Vec<String> = (0..left.min(PER_TRANSACTION))
            .map(|n| format!("{writer}/{attempt}/{n}"))
            .collect();
        let mut tx = match db.begin(&scope).await {
            Err(error) if error.is_transient() => continue,
            begun => begun?,
        };
        tx.emit_all(names.iter().map(event).collect()).await?;
        sqlx::query("SELECT pg_sleep(random() * 0.02)")
            .execute(tx.conn())
            .await?;
        if attempt % 10 == 0 {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
            committed.extend(names);
        }
    }
    Ok(committed)
}

fn consumer(h: &Harness) -> Consumer {
    let source: Arc<dyn EventSource> = Arc::new(h.another(2));
    let options = ConsumerOptions {
        batch: 1_000,
        ..ConsumerOptions::default()
    };
    Consumer::new(h.another(5), "race", source, Arc::new(Ledger), options)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn effects_are_exactly_what_was_committed() {
    let h = Harness::new().await;
    h.tamper("CREATE TABLE ledger (resource text); GRANT INSERT ON ledger TO bitewing_app")
        .await;
    let stop = CancellationToken::new();
    let followers = tokio::spawn({
        let stop = stop.clone();
        let sequencers = [Sequencer::new(h.another(2)), Sequencer::new(h.another(2))];
        let consumers = [consumer(&h), consumer(&h)];
        async move {
            tokio::join!(
                sequencers[0].run(stop.clone()),
                sequencers[1].run(stop.clone()),
                consumers[0].run(stop.clone()),
                consumers[1].run(stop.clone()),
            );
        }
    });
    let writers = h.another(24);
    let writing = (0..WRITERS).map(|writer| tokio::spawn(write(writers.clone(), writer)));
    let mut committed = HashSet::new();
    for written in join_all(writing.collect::<Vec<_>>()).await {
        committed.extend(written.unwrap().unwrap());
    }
    stop.cancel();
    followers.await.unwrap();

    // What the followers had not reached yet.
    let sequencer = Sequencer::new(h.db.clone());
    let consumer = consumer(&h);
    sequencer.run_once().await.unwrap();
    while consumer.run_once().await.unwrap().pulled > 0 {}

    let effects: Vec<String> = sqlx::query_scalar("SELECT resource FROM ledger")
        .fetch_all(&mut h.admin().await)
        .await
        .unwrap();
    let distinct: HashSet<String> = effects.iter().cloned().collect();
    assert_eq!(committed.len(), EVENTS / WRITERS * WRITERS);
    assert_eq!(
        effects.len(),
        distinct.len(),
        "an event had its effect twice"
    );
    assert_eq!(distinct, committed);
    let gaps = "SELECT max(position) - count(position) FROM store.outbox";
    assert_eq!(h.count(gaps).await, 0);
}
