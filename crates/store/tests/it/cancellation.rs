//! Handlers are cancelled by dropping them, at any point; sqlx 0.9.0 then leaves a begun transaction
//! on a connection that goes back to its pool.

use crate::harness::{Harness, event, organization, scope};
use bitewing_store::StoreError;
use futures_util::future::{Either, select};
use std::pin::pin;

const CANCELLED: u32 = 2_000;

/// A pseudo-random sequence that is the same in every run (xorshift, Marsaglia 2003).
struct Dice(u32);

impl Dice {
    fn roll(&mut self, below: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % below
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_cancelled_transactions_leaves_none_open() {
    let h = Harness::new().await;
    let db = h.another(4);
    // Connections exist before the storm, so that it hits begins and not connects.
    drop(db.begin(&scope(organization(1))).await.unwrap());
    let mut dice = Dice(2_463_534_242);
    let mut cancelled = 0;
    for _ in 0..CANCELLED {
        let work = pin!(async {
            let mut tx = db.begin(&scope(organization(1))).await?;
            tx.emit(event("half")).await?;
            drop(tx);
            Ok::<_, StoreError>(())
        });
        let polls = dice.roll(8);
        let deadline = pin!(async {
            for _ in 0..polls {
                tokio::task::yield_now().await;
            }
        });
        match select(deadline, work).await {
            Either::Left(_) => cancelled += 1,
            Either::Right((done, _)) => done.unwrap(),
        }
    }
    assert!(cancelled > CANCELLED / 2, "only {cancelled} were cancelled");

    // Every connection is borrowed at once: each must begin clean and see what it writes.
    for round in 0..50 {
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(db.begin(&scope(organization(2))).await.unwrap());
        }
        for mut tx in held {
            tx.emit(event(format!("round {round}"))).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
    let kept = h
        .count("SELECT count(*) FROM store.outbox WHERE resource LIKE 'round%'")
        .await;
    assert_eq!(kept, 200);
    assert_eq!(
        h.count("SELECT count(*) FROM store.outbox WHERE resource = 'half'")
            .await,
        0
    );
    db.close().await;
    let open = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(h.count(open).await, 0);
}
