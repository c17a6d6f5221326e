//! Who sends, and how often several at once.

use super::enqueue::SEND;
use super::metrics::Metrics;
use crate::error::Error;
use crate::sandbox::Ring;
use crate::store::Store;
use crate::{Deps, Sending};
use async_trait::async_trait;
use bitewing_runtime::Base;
use bitewing_store::jobs::{
    Job, JobError, JobHandler, JobLease, Outcome, Slots, Worker, WorkerOptions,
};
use std::sync::Arc;
use std::time::Duration;

/// Sends messages.
pub(crate) struct Sender {
    pub(super) base: Base,
    pub(super) store: Store,
    pub(super) sending: Sending,
    pub(super) client: reqwest::Client,
    pub(super) ring: Option<Ring>,
    pub(super) metrics: Metrics,
}

/// The loop that runs the jobs of messages.
pub(crate) fn worker(deps: &Deps, sender: Sender) -> Worker {
    let options = WorkerOptions {
        slots: Slots {
            urgent: 1,
            reply: 1,
            transactional: 6,
            campaign: 1,
        },
        lease: deps.sending.lease,
        timeout: 4 * deps.sending.call_timeout,
        ..WorkerOptions::new(Arc::clone(&deps.base.entropy))
    };
    Worker::new(deps.base.db.clone(), options).handle(SEND, Arc::new(sender))
}

impl Sender {
    pub(crate) fn new(deps: &Deps, store: Store, ring: Option<Ring>) -> reqwest::Result<Self> {
        Ok(Self {
            base: deps.base.clone(),
            store,
            sending: deps.sending,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(5).min(deps.sending.call_timeout))
                .pool_idle_timeout(Duration::from_secs(5))
                .build()?,
            ring,
            metrics: Metrics::new(),
        })
    }
}

#[async_trait]
impl JobHandler for Sender {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        self.step(job, lease).await.map_err(|error| match error {
            Error::Store(error) => error.into(),
            _ => JobError::retry("SEND_FAILED"),
        })
    }
}
