//! Who sends, and how often several at once.

use super::enqueue::SEND;
use super::metrics::Metrics;
use crate::error::Error;
use crate::provider::Providers;
use crate::store::Store;
use crate::{Deps, Sending};
use async_trait::async_trait;
use bitewing_runtime::Base;
use bitewing_store::jobs::{
    Job, JobError, JobHandler, JobLease, Outcome, Slots, Worker, WorkerOptions,
};
use std::sync::Arc;

/// Sends messages.
pub(crate) struct Sender {
    pub(super) base: Base,
    pub(super) store: Store,
    pub(super) sending: Sending,
    pub(super) providers: Providers,
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
        timeout: 2 * (deps.sending.call_timeout + deps.sending.longest_of_all()),
        ..WorkerOptions::new(Arc::clone(&deps.base.entropy))
    };
    Worker::new(deps.base.db.clone(), options).handle(SEND, Arc::new(sender))
}

impl Sender {
    pub(crate) fn new(deps: &Deps, providers: Providers) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store::of(&deps.base),
            sending: deps.sending,
            providers,
            metrics: Metrics::new(),
        }
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
