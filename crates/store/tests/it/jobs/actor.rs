//! A handler that plays what a test says.

use crate::harness::{Constant, Harness, scope};
use async_trait::async_trait;
use bitewing_core::OrganizationId;
use bitewing_store::Event;
use bitewing_store::jobs::{
    Due, Job, JobError, JobHandler, JobLease, Lane, NewJob, Outcome, Worker, WorkerOptions,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

pub(super) const HOUR: Duration = Duration::from_hours(1);

/// What a run does.
#[derive(Clone)]
pub(super) enum Act {
    Finish,
    Postpone(Due),
    Retry(&'static str),
    Fail(JobError),
    Panic,
    /// Says that it began, and waits to be let go before it finishes.
    Hold(Arc<Notify>, Arc<Notify>),
}

/// Plays acts in turn, then finishes; every run that commits tells an event.
#[derive(Default)]
pub(super) struct Actor {
    acts: Mutex<VecDeque<Act>>,
    pub(super) seen: Mutex<Vec<Job>>,
}

impl Actor {
    pub(super) fn playing(acts: impl IntoIterator<Item = Act>) -> Arc<Self> {
        Arc::new(Self {
            acts: Mutex::new(acts.into_iter().collect()),
            seen: Mutex::default(),
        })
    }

    pub(super) fn attempts(&self) -> Vec<u16> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|job| job.attempt)
            .collect()
    }
}

#[async_trait]
impl JobHandler for Actor {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        self.seen.lock().unwrap().push(job.clone());
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Finish);
        let mut tx = lease.begin().await?;
        let resource = job.dedupe_key.clone();
        let payload = serde_json::json!({});
        tx.emit(Event {
            event_type: "job.ran",
            resource,
            payload,
        })
        .await?;
        Ok(match act {
            Act::Finish => lease.finish(tx).await?,
            Act::Postpone(due) => lease.postpone(tx, due).await?,
            Act::Retry(reason) => lease.retry(tx, reason, Due::Now).await?,
            Act::Fail(error) => return Err(error),
            Act::Panic => panic!("the handler panics"),
            Act::Hold(begun, go) => {
                begun.notify_one();
                go.notified().await;
                lease.finish(tx).await?
            }
        })
    }
}

pub(super) fn job(key: &str, due: Due) -> NewJob {
    NewJob {
        kind: "act",
        lane: Lane::Transactional,
        due,
        dedupe_key: key.to_owned(),
        body: b"what to do".to_vec(),
        clinics: None,
        purpose: "job:act".to_owned(),
        max_attempts: 3,
    }
}

pub(super) async fn enqueue(h: &Harness, organization: OrganizationId, job: NewJob) -> bool {
    let mut tx = h.db.begin(&scope(organization)).await.unwrap();
    let made = tx.enqueue(job).await.unwrap();
    tx.commit().await.unwrap();
    made
}

/// Retries come at once: the drawn share of every delay is nothing.
pub(super) fn options() -> WorkerOptions {
    WorkerOptions::new(Arc::new(Constant(0)))
}

pub(super) fn worker(h: &Harness, actor: &Arc<Actor>) -> Worker {
    let actor: Arc<dyn JobHandler> = Arc::<Actor>::clone(actor);
    Worker::new(h.db.clone(), options()).handle("act", actor)
}

pub(super) const EFFECTS: &str = "SELECT count(*) FROM store.outbox";
pub(super) const JOBS: &str = "SELECT count(*) FROM store.job";
