use super::actor::{Act, Actor, EFFECTS, HOUR, enqueue, job, options, worker};
use crate::harness::{Harness, organization};
use bitewing_store::jobs::{Due, JobError, JobHandler, NewJob, Tally, Worker, WorkerOptions};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

#[tokio::test]
async fn a_failed_job_is_retried_and_put_aside_after_its_last_attempt() {
    let h = Harness::new().await;
    let failure = || Act::Fail(JobError::retry("PROVIDER_DOWN"));
    let actor = Actor::playing([failure(), Act::Panic, failure()]);
    let worker = worker(&h, &actor);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    assert_eq!(worker.run_due_once().await.unwrap().retried, 1);
    let reason = "SELECT count(*) FROM store.job WHERE last_error = 'PROVIDER_DOWN'";
    assert_eq!(h.count(reason).await, 1);
    assert_eq!(worker.run_due_once().await.unwrap().retried, 1);
    let reason = "SELECT count(*) FROM store.job WHERE last_error = 'JOB_PANICKED'";
    assert_eq!(h.count(reason).await, 1);
    assert_eq!(worker.run_due_once().await.unwrap().died, 1);
    assert_eq!(worker.run_due_once().await.unwrap(), Tally::default());
    assert_eq!(actor.attempts(), [1, 2, 3]);
    // Nothing a failed run wrote stands.
    assert_eq!(h.count(EFFECTS).await, 0);
}

#[tokio::test]
async fn a_dead_job_is_listed_counted_and_replayed_with_all_its_attempts() {
    let h = Harness::new().await;
    let actor = Actor::playing([Act::Fail(JobError::fatal("BAD_BODY"))]);
    let worker = worker(&h, &actor);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    assert_eq!(worker.run_due_once().await.unwrap().died, 1);
    assert_eq!(h.db.dead_job_count().await.unwrap(), 1);
    let dead = h.db.dead_jobs(None, 10).await.unwrap().remove(0);
    assert_eq!(
        (dead.attempts, dead.last_error.as_deref()),
        (1, Some("BAD_BODY"))
    );
    assert_eq!(
        h.db.dead_jobs(Some((dead.organization, dead.id)), 10)
            .await
            .unwrap(),
        []
    );

    assert!(!h.db.replay_job(organization(2), dead.id).await.unwrap());
    assert!(h.db.replay_job(dead.organization, dead.id).await.unwrap());
    assert!(!h.db.replay_job(dead.organization, dead.id).await.unwrap());
    assert_eq!(worker.run_due_once().await.unwrap().finished, 1);
    assert_eq!(actor.attempts(), [1, 1]);
    assert_eq!(h.db.dead_job_count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_failure_waits_for_its_delay() {
    let h = Harness::new().await;
    let told = JobError::Retry {
        reason: "SLOW_DOWN",
        after: Some(HOUR),
    };
    let actor = Actor::playing([Act::Fail(told)]);
    let worker = worker(&h, &actor);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    worker.run_due_once().await.unwrap();
    assert_eq!(worker.run_due_once().await.unwrap(), Tally::default());
    let in_an_hour = "SELECT count(*) FROM store.job WHERE state = 0 AND run_at
        BETWEEN clock_timestamp() + interval '59 minutes' AND clock_timestamp() + interval '1 hour'";
    assert_eq!(h.count(in_an_hour).await, 1);
}

#[tokio::test]
async fn a_handler_may_keep_its_effect_and_run_again() {
    let h = Harness::new().await;
    let actor = Actor::playing([
        Act::Postpone(Due::Now),
        Act::Retry("AGAIN"),
        Act::Retry("AGAIN"),
        Act::Postpone(Due::Now),
        Act::Retry("ONCE_TOO_OFTEN"),
    ]);
    let worker = worker(&h, &actor);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    let mut total = Tally::default();
    for _ in 0..6 {
        let tally = worker.run_due_once().await.unwrap();
        total.postponed += tally.postponed;
        total.retried += tally.retried;
        total.died += tally.died;
    }
    assert_eq!(
        total,
        Tally {
            postponed: 2,
            retried: 2,
            died: 1,
            ..Tally::default()
        }
    );
    assert_eq!(
        actor.attempts(),
        [1, 1, 2, 3, 3],
        "postponing costs no attempt"
    );
    assert_eq!(h.count(EFFECTS).await, 5);
}

#[tokio::test]
async fn a_job_whose_workers_keep_vanishing_is_put_aside() {
    let h = Harness::new().await;
    enqueue(
        &h,
        organization(1),
        NewJob {
            max_attempts: 1,
            ..job("a", Due::Now)
        },
    )
    .await;
    h.tamper("UPDATE store.job SET state = 1, attempt = 1, lease_until = clock_timestamp()")
        .await;
    assert_eq!(
        worker(&h, &Actor::playing([]))
            .run_due_once()
            .await
            .unwrap(),
        Tally::default()
    );
    let dead = h.db.dead_jobs(None, 10).await.unwrap();
    assert_eq!(dead[0].last_error.as_deref(), Some("LEASE_EXPIRED"));
}

#[tokio::test]
async fn a_run_that_hangs_is_a_failed_attempt() {
    let h = Harness::new().await;
    let never = || Arc::new(Notify::new());
    let actor = Actor::playing([Act::Hold(never(), never())]);
    let handler: Arc<dyn JobHandler> = Arc::<Actor>::clone(&actor);
    let impatient = WorkerOptions {
        timeout: Duration::from_millis(50),
        ..options()
    };
    let worker = Worker::new(h.db.clone(), impatient).handle("act", handler);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    assert_eq!(worker.run_due_once().await.unwrap().retried, 1);
    let reason = "SELECT count(*) FROM store.job WHERE last_error = 'JOB_TIMED_OUT'";
    assert_eq!((h.count(reason).await, h.count(EFFECTS).await), (1, 0));
}
