use super::actor::{Act, Actor, EFFECTS, HOUR, JOBS, enqueue, job, options, worker};
use crate::harness::{Harness, keyring, open, organization, scope};
use bitewing_core::{ClinicId, Clock, SystemClock, SystemIds};
use bitewing_store::jobs::{Due, JobHandler, Lane, NewJob, Tally, Worker};
use bitewing_store::{Db, DbOptions};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn a_due_job_runs_once_with_what_it_was_given() {
    let h = Harness::new().await;
    let actor = Actor::playing([]);
    let clinic = ClinicId::from_uuid(Uuid::from_u128(5));
    let given = NewJob {
        clinics: Some(vec![clinic]),
        ..job("a", Due::Now)
    };
    enqueue(&h, organization(1), given).await;
    let tally = worker(&h, &actor).run_due_once().await.unwrap();
    assert_eq!(
        tally,
        Tally {
            finished: 1,
            ..Tally::default()
        }
    );

    let seen = actor.seen.lock().unwrap().remove(0);
    assert_eq!(seen.organization, organization(1));
    assert_eq!(seen.body.expose(), b"what to do");
    assert_eq!(seen.clinics, Some(vec![clinic]));
    assert_eq!(
        (seen.purpose.as_str(), seen.dedupe_key.as_str()),
        ("job:act", "a")
    );
    assert_eq!((seen.attempt, seen.lane), (1, Lane::Transactional));
    assert_eq!((h.count(JOBS).await, h.count(EFFECTS).await), (0, 1));
}

#[tokio::test]
async fn a_job_of_an_undone_transaction_does_not_exist() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    assert!(tx.enqueue(job("a", Due::Now)).await.unwrap());
    drop(tx);
    assert_eq!(
        worker(&h, &Actor::playing([]))
            .run_due_once()
            .await
            .unwrap(),
        Tally::default()
    );
}

#[tokio::test]
async fn bodies_rest_sealed_to_their_row() {
    let h = Harness::new().await;
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    enqueue(&h, organization(2), job("b", Due::Now)).await;
    let clear = "SELECT count(*) FROM store.job WHERE position('what to do'::bytea IN body) > 0";
    assert_eq!(h.count(clear).await, 0);
    h.tamper(
        "UPDATE store.job SET body = (SELECT body FROM store.job WHERE dedupe_key = 'a')
         WHERE dedupe_key = 'b'",
    )
    .await;
    let tally = worker(&h, &Actor::playing([]))
        .run_due_once()
        .await
        .unwrap();
    assert_eq!(tally.finished, 1);
    let dead = h.db.dead_jobs(None, 10).await.unwrap();
    assert_eq!(dead[0].organization, organization(2));
    assert_eq!(dead[0].last_error.as_deref(), Some("STORE_TAMPERED"));
}

#[tokio::test]
async fn a_second_job_about_the_same_thing_is_not_made_until_the_first_is_done() {
    let h = Harness::new().await;
    assert!(enqueue(&h, organization(1), job("a", Due::Now)).await);
    assert!(!enqueue(&h, organization(1), job("a", Due::Now)).await);
    assert!(enqueue(&h, organization(2), job("a", Due::Now)).await);
    assert!(
        enqueue(
            &h,
            organization(1),
            NewJob {
                kind: "other",
                ..job("a", Due::Now)
            }
        )
        .await
    );
    worker(&h, &Actor::playing([]))
        .run_due_once()
        .await
        .unwrap();
    assert!(enqueue(&h, organization(1), job("a", Due::Now)).await);
}

#[tokio::test]
async fn what_is_due_is_told_by_the_clock_of_the_database() {
    let h = Harness::new().await;
    let worker = worker(&h, &Actor::playing([]));
    enqueue(&h, organization(1), job("later", Due::In(HOUR))).await;
    h.clock.advance(HOUR * 24 * 365);
    assert_eq!(worker.run_due_once().await.unwrap(), Tally::default());
    h.tamper("UPDATE store.job SET run_at = clock_timestamp() - interval '1 second'")
        .await;
    assert_eq!(worker.run_due_once().await.unwrap().finished, 1);

    // The service's clock stands at a past day: an instant behind the database's is due.
    let past = SystemClock.now() - HOUR;
    enqueue(&h, organization(1), job("past", Due::At(past))).await;
    enqueue(&h, organization(1), job("future", Due::At(past + HOUR * 2))).await;
    assert_eq!(worker.run_due_once().await.unwrap().finished, 1);
}

#[tokio::test]
async fn kinds_without_a_handler_are_left_to_other_workers() {
    let h = Harness::new().await;
    enqueue(
        &h,
        organization(1),
        NewJob {
            kind: "foreign",
            ..job("a", Due::Now)
        },
    )
    .await;
    assert_eq!(
        worker(&h, &Actor::playing([]))
            .run_due_once()
            .await
            .unwrap(),
        Tally::default()
    );
    assert_eq!(
        h.count("SELECT count(*) FROM store.job WHERE attempt = 0")
            .await,
        1
    );
}

#[tokio::test]
async fn a_job_can_be_moved_until_it_runs() {
    let h = Harness::new().await;
    let worker = worker(&h, &Actor::playing([]));
    enqueue(&h, organization(1), job("a", Due::In(HOUR))).await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    assert!(tx.reschedule_job("act", "a", Due::Now).await.unwrap());
    assert!(!tx.reschedule_job("act", "b", Due::Now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(worker.run_due_once().await.unwrap().finished, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_running_workers_run_every_job_once_and_stop() {
    let h = Harness::new().await;
    let actor = Actor::playing([]);
    let stop = CancellationToken::new();
    let workers = [h.db.clone(), h.another(8)].map(|db| {
        let handler: Arc<dyn JobHandler> = Arc::<Actor>::clone(&actor);
        tokio::spawn(
            Worker::new(db, options())
                .handle("act", handler)
                .run(stop.clone()),
        )
    });
    for number in 0..10 {
        let mut tx =
            h.db.begin(&scope(organization(number % 3 + 1)))
                .await
                .unwrap();
        for lane in Lane::ALL {
            let key = format!("{number} {}", lane.as_str());
            tx.enqueue(NewJob {
                lane,
                ..job(&key, Due::Now)
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
    }
    while h.count(JOBS).await > 0 {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(
        h.count("SELECT count(DISTINCT resource) FROM store.outbox")
            .await,
        40
    );
    assert_eq!(h.count(EFFECTS).await, 40);
}

#[tokio::test]
async fn a_stopped_worker_lets_its_running_job_end() {
    let h = Harness::new().await;
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let actor = Actor::playing([Act::Hold(Arc::clone(&begun), Arc::clone(&go))]);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker(&h, &actor).run(stop.clone()));
    begun.notified().await;
    stop.cancel();
    enqueue(&h, organization(1), job("b", Due::Now)).await;
    go.notify_one();
    running.await.unwrap();
    assert_eq!(h.count(EFFECTS).await, 1);
    assert_eq!(
        h.count("SELECT count(*) FROM store.job WHERE dedupe_key = 'b' AND state = 0")
            .await,
        1
    );
}

#[tokio::test]
async fn a_key_that_is_gone_puts_jobs_aside_instead_of_losing_them() {
    let h = Harness::new().await;
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    let other_ring = Db::new(DbOptions {
        app: h.database.app(),
        worker: h.database.worker(),
        max_connections: 2,
        ids: Arc::new(SystemIds),
        clock: Arc::new(SystemClock),
        keyring: Arc::new(keyring(&[2])),
    });
    let handler: Arc<dyn JobHandler> = Actor::playing([]);
    let blind = Worker::new(other_ring, options()).handle("act", handler);
    assert_eq!(blind.run_due_once().await.unwrap(), Tally::default());
    let dead = h.db.dead_jobs(None, 1).await.unwrap().remove(0);
    assert!(h.db.replay_job(dead.organization, dead.id).await.unwrap());
    let sighted = open(h.database.app(), h.database.worker(), &h.clock, 2);
    let handler: Arc<dyn JobHandler> = Actor::playing([]);
    let worker = Worker::new(sighted, options()).handle("act", handler);
    assert_eq!(worker.run_due_once().await.unwrap().finished, 1);
}
