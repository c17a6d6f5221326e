//! Marks the contact point a message could not arrive at.

use crate::domain::{
    Address, Change, Code as _, ContactPointKind, Field, HERE, Stamp, UnreachableReason,
};
use crate::error::Error;
use crate::store::Store;
use async_trait::async_trait;
use bitewing_auth::{Actor, ActorKind, Service};
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_runtime::Base;
use bitewing_store::Event;
use bitewing_store::audit::Entry;
use bitewing_store::jobs::{Due, Job, JobError, JobHandler, JobLease, Lane, NewJob, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

pub(super) const KIND: &str = "mark_unreachable";
/// Runs before a job is put aside: at up to 15 minutes each, about half a day.
const ATTEMPTS: u16 = 50;

/// An address of a patient at which nothing arrives. The address has its name in events only.
#[derive(Serialize, Deserialize)]
pub(crate) struct Bounce {
    patient: Uuid,
    kind: i16,
    address_name: String,
    reason: i16,
}

impl Bounce {
    pub(crate) fn new(
        patient: PatientId,
        kind: ContactPointKind,
        address_name: &str,
        reason: UnreachableReason,
    ) -> Self {
        Self {
            patient: patient.uuid(),
            kind: kind.code(),
            address_name: address_name.to_owned(),
            reason: reason.code(),
        }
    }
}

/// Marks an address because of a message, once per message.
pub(crate) fn mark_unreachable(message: &str, bounce: &Bounce) -> NewJob {
    NewJob {
        kind: KIND,
        lane: Lane::Transactional,
        due: Due::Now,
        dedupe_key: message.to_owned(),
        body: serde_json::to_vec(bounce).expect("identifiers and texts serialize"),
        clinics: None,
        purpose: KIND.to_owned(),
        max_attempts: ATTEMPTS,
    }
}

pub(super) struct MarkUnreachable {
    pub(super) base: Base,
    pub(super) store: Store,
}

#[async_trait]
impl JobHandler for MarkUnreachable {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let malformed = || JobError::fatal("MALFORMED_JOB");
        let told: Bounce = serde_json::from_slice(job.body.expose()).map_err(|_| malformed())?;
        let kind = ContactPointKind::of(told.kind).ok_or_else(malformed)?;
        let reason = UnreachableReason::of(told.reason).ok_or_else(malformed)?;
        let named = match kind {
            ContactPointKind::Email => "email",
            _ => "phone",
        };
        let is = |address: &Address| {
            let name = |value| {
                self.base
                    .pepper
                    .address_name(job.organization, named, value)
            };
            address.kind == kind && name(&address.value) == told.address_name
        };
        let actor = Actor {
            kind: ActorKind::Service,
            id: format!("{}/{KIND}", Service::PatientProfile),
        };
        let stamp = Stamp {
            now: self.base.clock.now(),
            actor: &format!("{}/{}", actor.kind.as_str(), actor.id),
            source: HERE,
            ids: &*self.base.ids,
        };

        let mut tx = self.store.adopt(lease.begin().await?);
        let patient = match tx
            .patient(PatientId::from_uuid(told.patient), None, true)
            .await
        {
            Err(Error::PatientErased) => None,
            patient => patient?,
        };
        // Who changed the address meanwhile has another one to be reached at.
        if let Some(mut patient) = patient
            && patient.mark_unreachable(is, Some(reason), &stamp) == Some(true)
        {
            let change = Change {
                fields: vec![Field::ContactPoints],
                closed: Vec::new(),
            };
            tx.update_patients(&[(&patient, &change)]).await?;
            let clinic = patient.profile.clinic;
            let name = pb::UnreachableReason::try_from(i32::from(told.reason)).unwrap_or_default();
            let name = name.as_str_name();
            tx.emit(Event {
                event_type: "patient.contact_point_marked",
                resource: patient.id.to_string(),
                payload: json!({
                    "clinic_id": clinic.to_string(), "unreachable": true, "reason": name,
                    "by": "message",
                }),
            })
            .await?;
            tx.audit(Entry {
                actor: &actor,
                action: "patient.contact_point_marked",
                resource: patient.id.to_string(),
                clinic: Some(clinic),
                details: json!({
                    "unreachable": true, "reason": name, "message_id": job.dedupe_key,
                }),
                request_id: String::new(),
            })
            .await?;
        }
        Ok(lease.finish(tx.release()).await?)
    }
}
