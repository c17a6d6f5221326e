//! The loop that runs jobs.

use super::claim::{Claim, Claimed};
use super::settle::Ending;
use super::{JobError, JobHandler, JobLease, Lane, Outcome, backoff};
use crate::signal::Pace;
use crate::{Db, StoreError, trace};
use bitewing_core::Entropy;
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use uuid::Uuid;

/// Jobs claimed per lane by [`Worker::run_due_once`].
const ONCE: usize = 100;

/// Jobs of each lane that run at the same time in this process.
#[derive(Debug, Clone, Copy)]
pub struct Slots {
    /// For [`Lane::Urgent`].
    pub urgent: usize,
    /// For [`Lane::Reply`].
    pub reply: usize,
    /// For [`Lane::Transactional`].
    pub transactional: usize,
    /// For [`Lane::Campaign`].
    pub campaign: usize,
}

impl Slots {
    const fn of(&self, lane: Lane) -> usize {
        match lane {
            Lane::Urgent => self.urgent,
            Lane::Reply => self.reply,
            Lane::Transactional => self.transactional,
            Lane::Campaign => self.campaign,
        }
    }
}

/// How a worker goes about it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "entropy has nothing to show")]
pub struct WorkerOptions {
    /// Jobs at the same time, by lane.
    pub slots: Slots,
    /// How long a claim lasts without a sign of life.
    pub lease: Duration,
    /// How long one run may take.
    pub timeout: Duration,
    /// How long running jobs may go on after the stop.
    pub grace: Duration,
    /// Spreads retries.
    pub entropy: Arc<dyn Entropy>,
}

impl WorkerOptions {
    /// What suits a service on two cores.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self {
            slots: Slots {
                urgent: 4,
                reply: 4,
                transactional: 4,
                campaign: 2,
            },
            lease: Duration::from_mins(1),
            timeout: Duration::from_mins(2),
            grace: Duration::from_secs(25),
            entropy,
        }
    }
}

/// How many runs ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Done.
    pub finished: u32,
    /// Given another time by their handler.
    pub postponed: u32,
    /// Failed, to run again.
    pub retried: u32,
    /// Failed for the last time.
    pub died: u32,
    /// Ended by another worker, or cancelled.
    pub lost: u32,
}

/// Runs the jobs of one service.
pub struct Worker {
    db: Db,
    options: WorkerOptions,
    handlers: BTreeMap<&'static str, Arc<dyn JobHandler>>,
    served: [Mutex<Uuid>; Lane::ALL.len()],
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("kinds", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// Makes a worker that handles nothing yet.
    pub fn new(db: Db, options: WorkerOptions) -> Self {
        Self {
            db,
            options,
            handlers: BTreeMap::new(),
            served: Default::default(),
        }
    }

    /// Adds the handler of a kind. Jobs of kinds without one are left to other workers.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: Arc<dyn JobHandler>) -> Self {
        self.handlers.insert(kind, handler);
        self
    }

    /// Works until told to stop; then claims nothing more and lets running jobs end.
    pub async fn run(self, stop: CancellationToken) {
        let me = Arc::new(self);
        let lanes = Lane::ALL.map(|lane| Arc::clone(&me).lane(lane, stop.clone()));
        tokio::join!(join_all(lanes), me.rescue_regularly(&stop));
    }

    /// Runs what is due now, one job after the other, at most 100 of each lane.
    pub async fn run_due_once(&self) -> Result<Tally, StoreError> {
        self.db.rescue_jobs().await?;
        let mut tally = Tally::default();
        for lane in Lane::ALL {
            for claimed in self.claim(lane, ONCE).await? {
                let ended = self.run_one(claimed).await;
                *match ended {
                    Some(Ending::Finished) => &mut tally.finished,
                    Some(Ending::Postponed) => &mut tally.postponed,
                    Some(Ending::Retried) => &mut tally.retried,
                    Some(Ending::Died) => &mut tally.died,
                    None => &mut tally.lost,
                } += 1;
            }
        }
        Ok(tally)
    }

    async fn lane(self: Arc<Self>, lane: Lane, stop: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.options.slots.of(lane)));
        let runs = TaskTracker::new();
        let mut waiter = self.db.signals().jobs.waiter();
        let mut pace = Pace::new();
        while let Some(slot) = stop
            .run_until_cancelled(Arc::clone(&slots).acquire_owned())
            .await
        {
            let mut free = vec![slot.expect("nobody closes the semaphore")];
            while let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
                free.push(slot);
            }
            let claimed = self.claim(lane, free.len()).await.unwrap_or_else(|error| {
                tracing::warn!(lane = lane.as_str(), %error, "no claim");
                Vec::new()
            });
            if claimed.is_empty() {
                drop(free);
                let _ = stop.run_until_cancelled(waiter.wait(pace.next())).await;
                continue;
            }
            pace.quicken();
            for (claimed, slot) in claimed.into_iter().zip(free) {
                let me = Arc::clone(&self);
                runs.spawn(async move {
                    me.run_one(claimed).await;
                    drop(slot);
                });
            }
        }
        runs.close();
        if tokio::time::timeout(self.options.grace, runs.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                lane = lane.as_str(),
                left = runs.len(),
                "jobs left to their leases"
            );
        }
    }

    async fn rescue_regularly(&self, stop: &CancellationToken) {
        let pause = self.options.lease / 2;
        // At once, too: this process may be the one that comes back after a crash.
        while !stop.is_cancelled() {
            match self.db.rescue_jobs().await {
                Ok(0) => {}
                Ok(rescued) => tracing::warn!(rescued, "jobs taken from workers that went away"),
                Err(error) => tracing::warn!(%error, "no rescue"),
            }
            let _ = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    async fn claim(&self, lane: Lane, free: usize) -> Result<Vec<Claimed>, StoreError> {
        let kinds: Vec<_> = self.handlers.keys().copied().collect();
        let served = &self.served[lane.code() as usize];
        let last = *served.lock().unwrap_or_else(PoisonError::into_inner);
        let claim = Claim {
            lane,
            kinds: &kinds,
            free,
            lease: self.options.lease,
            served: last,
        };
        let claimed = claim.take(&self.db).await?;
        if let Some(turn) = claim.last_turn(&claimed) {
            *served.lock().unwrap_or_else(PoisonError::into_inner) = turn;
        }
        Ok(claimed)
    }

    /// Runs one job; `None` when its end was somebody else's.
    async fn run_one(&self, claimed: Claimed) -> Option<Ending> {
        let Claimed {
            job,
            epoch,
            traceparent,
            late,
        } = claimed;
        let kind = job.kind;
        self.db.metrics().job_started(job.lane.as_str(), late);
        let lease = JobLease {
            db: self.db.clone(),
            job: job.clone(),
            epoch,
        };
        let span = tracing::info_span!("job", otel.kind = "consumer", kind, job = %job.id);
        let span = trace::continued(span, traceparent.as_deref());
        let run = self.guarded(&job, lease, epoch).instrument(span);
        let ended = match run.await {
            Ok(Outcome(ending)) => Some(ending),
            Err(error) => self.fail(&job, epoch, &error).await,
        };
        let outcome = match ended {
            Some(Ending::Finished) => "finished",
            Some(Ending::Postponed) => "postponed",
            Some(Ending::Retried) => "retried",
            Some(Ending::Died) => "died",
            None => "lost",
        };
        self.db.metrics().job_ended(kind, outcome);
        ended
    }

    /// The handler, kept from hanging and from taking the worker down, while its lease is renewed.
    async fn guarded(
        &self,
        job: &super::Job,
        lease: JobLease,
        epoch: i64,
    ) -> Result<Outcome, JobError> {
        let handler = &self.handlers[job.kind];
        let run = AssertUnwindSafe(handler.run(job, lease)).catch_unwind();
        tokio::select! {
            ended = tokio::time::timeout(self.options.timeout, run) => match ended {
                Ok(Ok(ended)) => ended,
                Ok(Err(_)) => Err(JobError::retry("JOB_PANICKED")),
                Err(_) => Err(JobError::retry("JOB_TIMED_OUT")),
            },
            never = self.db.keep_job(job, epoch, self.options.lease) => match never {},
        }
    }

    async fn fail(&self, job: &super::Job, epoch: i64, error: &JobError) -> Option<Ending> {
        let (reason, died, delay) = match *error {
            JobError::LeaseLost => return None,
            JobError::Fatal { reason } => (reason, true, Duration::ZERO),
            JobError::Retry { reason, after } => {
                let delay =
                    after.unwrap_or_else(|| backoff::delay(job.attempt, &*self.options.entropy));
                (reason, job.is_last_attempt(), delay)
            }
        };
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, reason, "run failed");
        match self.db.fail_job(job, epoch, reason, died, delay).await {
            Ok(false) => None,
            Ok(true) if died => Some(Ending::Died),
            Ok(true) => Some(Ending::Retried),
            Err(error) => {
                // The lease ends by itself, and the job runs again.
                tracing::warn!(job = %job.id, %error, "failure not recorded");
                None
            }
        }
    }
}
