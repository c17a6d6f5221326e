//! What providers called back while nobody could take it: kept sealed, and handed on later. Nobody
//! vouches for it yet, so there is little room for it: a request of at most 60 KiB, a thousand of them
//! in a process until the service is back, for about a day.

use super::hooks::Hooks;
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::CapabilityToken;
use bitewing_proto::conversation as pb;
use bitewing_runtime::Base;
use bitewing_store::StoreError;
use bitewing_store::jobs::{
    Due, Job, JobError, JobHandler, JobLease, Lane, NewJob, Outcome, Slots, Worker, WorkerOptions,
};
use prost::Message as _;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The kind of the job.
const RELAY: &str = "relay-hook";
/// As much as a job holds.
const MAX_BYTES: usize = 60 * 1024;
const MAX_HELD: usize = 1_000;
/// Waits of up to a quarter of an hour, half of that on average: about a day.
const MAX_ATTEMPTS: u16 = 200;

/// Keeps requests.
#[derive(Clone)]
pub(super) struct Spool {
    base: Base,
    held: Arc<AtomicUsize>,
}

impl Spool {
    pub(super) fn new(base: &Base) -> Self {
        Self {
            base: base.clone(),
            held: Arc::default(),
        }
    }

    /// Keeps a request for later; tells whether there was room. The same request is kept once.
    pub(super) async fn keep(
        &self,
        token: &CapabilityToken,
        request: &pb::IngestWebhookRequest,
    ) -> Result<bool, StoreError> {
        let body = request.encode_to_vec();
        if body.len() > MAX_BYTES || self.held.load(Ordering::Relaxed) >= MAX_HELD {
            return Ok(false);
        }
        let mut name = String::with_capacity(64);
        for byte in self.base.pepper.mac("hook-spool", &[&body]) {
            let _ = write!(name, "{byte:02x}");
        }
        let mut tx = self.base.db.begin(&Scope::of_capability(token)).await?;
        let new = tx
            .enqueue(NewJob {
                kind: RELAY,
                lane: Lane::Reply,
                due: Due::Now,
                dedupe_key: name,
                body,
                clinics: None,
                purpose: "relay-hook".to_owned(),
                max_attempts: MAX_ATTEMPTS,
            })
            .await?;
        tx.commit().await?;
        if new {
            self.held.fetch_add(1, Ordering::Relaxed);
        }
        Ok(true)
    }
}

/// The loop that hands on what was kept.
pub(crate) fn relay(base: &Base, hooks: Hooks) -> Worker {
    let options = WorkerOptions {
        slots: Slots {
            urgent: 1,
            reply: 2,
            transactional: 1,
            campaign: 1,
        },
        ..WorkerOptions::new(Arc::clone(&base.entropy))
    };
    Worker::new(base.db.clone(), options).handle(RELAY, Arc::new(Relay(hooks)))
}

struct Relay(Hooks);

#[async_trait]
impl JobHandler for Relay {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let request = pb::IngestWebhookRequest::decode(job.body.expose().as_slice())
            .map_err(|_| JobError::fatal("MALFORMED_JOB"))?;
        match self.0.forward(request, &job.id.to_string()).await {
            // However it is answered, it was heard; there is room again.
            Ok(_) => self.0.spool().held.store(0, Ordering::Relaxed),
            Err(_) if job.is_last_attempt() => {
                tracing::warn!(job = %job.id, "what a provider called back is given up");
            }
            Err(_) => return Err(JobError::retry("SERVICE_UNAVAILABLE")),
        }
        let tx = lease.begin().await?;
        Ok(lease.finish(tx).await?)
    }
}
