//! Ends a wish the dental system did not answer in time, so that somebody calls the patient.

use crate::grpc::appointment_event;
use crate::store::Store;
use async_trait::async_trait;
use bitewing_auth::{Actor, ActorKind, Service};
use bitewing_core::{AppointmentRequestId, Clock};
use bitewing_store::audit::Entry;
use bitewing_store::jobs::{Due, Job, JobError, JobHandler, JobLease, Lane, NewJob, Outcome};
use serde_json::json;
use std::sync::Arc;
use time::OffsetDateTime;

pub(super) const KIND: &str = "expire_wish";
/// Runs before a job is put aside: at up to 15 minutes each, about half a day.
const ATTEMPTS: u16 = 50;

/// Ends a wish when its time is over.
pub(crate) fn expire_wish(id: AppointmentRequestId, at: OffsetDateTime) -> NewJob {
    NewJob {
        kind: KIND,
        lane: Lane::Transactional,
        due: Due::At(at),
        dedupe_key: id.to_string(),
        body: id.to_string().into_bytes(),
        clinics: None,
        purpose: KIND.to_owned(),
        max_attempts: ATTEMPTS,
    }
}

pub(super) struct ExpireWish {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl JobHandler for ExpireWish {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told = std::str::from_utf8(job.body.expose()).ok();
        let id: AppointmentRequestId = told
            .and_then(|id| id.parse().ok())
            .ok_or(JobError::fatal("MALFORMED_JOB"))?;
        let mut tx = self.store.adopt(lease.begin().await?);
        if let Some(mut wish) = tx.wish(id, None).await?
            && wish.expire(self.clock.now())
        {
            tx.resolve_wish(&wish).await?;
            tx.emit(appointment_event("appointment_request.expired", &wish))
                .await?;
            tx.audit(Entry {
                actor: &Actor {
                    kind: ActorKind::Service,
                    id: format!("{}/{KIND}", Service::PatientProfile),
                },
                action: "appointment_request.expired",
                resource: wish.id.to_string(),
                clinic: Some(wish.clinic),
                details: json!({ "kind": wish.kind.name() }),
                request_id: String::new(),
            })
            .await?;
        }
        Ok(lease.finish(tx.release()).await?)
    }
}
