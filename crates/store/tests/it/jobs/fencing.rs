use super::actor::{Act, Actor, EFFECTS, JOBS, enqueue, job, options, worker};
use crate::harness::{Harness, event, organization, scope};
use async_trait::async_trait;
use bitewing_store::Db;
use bitewing_store::jobs::{
    Due, Job, JobError, JobHandler, JobLease, Outcome, Tally, Worker, WorkerOptions,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Starts a run that holds, does something to its job, and lets it go.
async fn while_it_runs(h: &Harness, what: impl AsyncFnOnce()) -> Tally {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let actor = Actor::playing([Act::Hold(Arc::clone(&begun), Arc::clone(&go))]);
    let worker = worker(h, &actor);
    enqueue(h, organization(1), job("a", Due::Now)).await;
    let interference = async {
        begun.notified().await;
        what().await;
        go.notify_one();
    };
    let (tally, ()) = tokio::join!(worker.run_due_once(), interference);
    tally.unwrap()
}

#[tokio::test]
async fn the_late_commit_of_a_worker_that_lost_its_job_is_refused() {
    let h = Harness::new().await;
    let tally = while_it_runs(&h, async || {
        // The first worker seems gone; another one takes the job and finishes it.
        h.tamper("UPDATE store.job SET lease_until = clock_timestamp()")
            .await;
        let tally = worker(&h, &Actor::playing([]))
            .run_due_once()
            .await
            .unwrap();
        assert_eq!(tally.finished, 1);
    })
    .await;
    assert_eq!(
        tally,
        Tally {
            lost: 1,
            ..Tally::default()
        }
    );
    assert_eq!(h.count(EFFECTS).await, 1);
}

#[tokio::test]
async fn a_worker_is_fenced_even_while_the_next_one_still_runs() {
    let h = Harness::new().await;
    let tally = while_it_runs(&h, async || {
        h.tamper(
            "UPDATE store.job SET epoch = epoch + 1, lease_until = clock_timestamp() + interval '1 hour'",
        )
        .await;
    })
    .await;
    assert_eq!(tally.lost, 1);
    assert_eq!((h.count(JOBS).await, h.count(EFFECTS).await), (1, 0));
}

#[tokio::test]
async fn a_cancelled_job_cannot_commit_any_more() {
    let h = Harness::new().await;
    let tally = while_it_runs(&h, async || {
        let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
        assert!(tx.cancel_job("act", "a").await.unwrap());
        assert!(!tx.cancel_job("act", "a").await.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(tally.lost, 1);
    assert_eq!((h.count(JOBS).await, h.count(EFFECTS).await), (0, 0));
}

#[tokio::test]
async fn a_transaction_of_another_organization_cannot_end_a_job() {
    struct Confused(Db);
    #[async_trait]
    impl JobHandler for Confused {
        async fn run(&self, _: &Job, lease: JobLease) -> Result<Outcome, JobError> {
            let mut foreign = self.0.begin(&scope(organization(2))).await?;
            foreign.emit(event("foreign")).await?;
            Ok(lease.finish(foreign).await?)
        }
    }
    let h = Harness::new().await;
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    let confused = Arc::new(Confused(h.db.clone()));
    let worker = Worker::new(h.db.clone(), options()).handle("act", confused);
    assert_eq!(worker.run_due_once().await.unwrap().lost, 1);
    assert_eq!((h.count(JOBS).await, h.count(EFFECTS).await), (1, 0));
}

#[tokio::test]
async fn a_run_longer_than_its_lease_keeps_it() {
    let h = Harness::new().await;
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let actor = Actor::playing([Act::Hold(Arc::clone(&begun), Arc::clone(&go))]);
    let handler: Arc<dyn JobHandler> = Arc::<Actor>::clone(&actor);
    let short = WorkerOptions {
        lease: Duration::from_millis(600),
        ..options()
    };
    let slow = Worker::new(h.db.clone(), short).handle("act", handler);
    enqueue(&h, organization(1), job("a", Due::Now)).await;
    let watching = async {
        begun.notified().await;
        let past_its_lease = "SELECT count(*) FROM store.job
            WHERE clock_timestamp() > run_at + interval '700 milliseconds'";
        while h.count(past_its_lease).await == 0 {
            tokio::task::yield_now().await;
        }
        let other = worker(&h, &Actor::playing([]));
        assert_eq!(other.run_due_once().await.unwrap(), Tally::default());
        go.notify_one();
    };
    let (tally, ()) = tokio::join!(slow.run_due_once(), watching);
    assert_eq!(tally.unwrap().finished, 1);
}
