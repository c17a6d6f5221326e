use super::actor::{Actor, enqueue, job, worker};
use crate::harness::{Harness, organization, scope};
use bitewing_store::jobs::{Due, Lane, NewJob};
use std::collections::HashSet;

#[tokio::test]
async fn organizations_take_turns_when_more_is_due_than_there_are_slots() {
    let h = Harness::new().await;
    let actor = Actor::playing([]);
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    for number in 0..300 {
        let campaign = NewJob {
            lane: Lane::Campaign,
            ..job(&format!("mail {number}"), Due::Now)
        };
        tx.enqueue(campaign).await.unwrap();
    }
    tx.commit().await.unwrap();
    for number in 2..=5 {
        let one = NewJob {
            lane: Lane::Campaign,
            ..job("one", Due::Now)
        };
        enqueue(&h, organization(number), one).await;
    }
    // One hundred of the 304 are claimed; the four late-comers with one job each are among them.
    let tally = worker(&h, &actor).run_due_once().await.unwrap();
    assert_eq!(tally.finished, 100);
    let served = |number| {
        let seen = actor.seen.lock().unwrap();
        seen.iter()
            .filter(|job| job.organization == organization(number))
            .count()
    };
    assert_eq!([1, 2, 3, 4, 5].map(served), [96, 1, 1, 1, 1]);
}

#[tokio::test]
async fn the_turn_goes_on_behind_the_organization_served_last() {
    let h = Harness::new().await;
    let actor = Actor::playing([]);
    for number in 1..=250 {
        let mut tx = h.db.begin(&scope(organization(number))).await.unwrap();
        tx.enqueue(job("one", Due::Now)).await.unwrap();
        tx.enqueue(job("two", Due::Now)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let worker = worker(&h, &actor);
    for _ in 0..3 {
        assert_eq!(worker.run_due_once().await.unwrap().finished, 100);
    }
    let seen: HashSet<_> = actor
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|job| job.organization)
        .collect();
    assert_eq!(
        seen.len(),
        250,
        "three hundred runs reach every organization"
    );
}
