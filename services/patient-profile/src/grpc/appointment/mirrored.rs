//! Visits as rows of the dental system.

use super::super::address::required;
use super::super::mirror::{Draft, Head, Mirror, Reader, head};
use super::super::moment;
use crate::domain::ExternalId;
use crate::domain::mirror::Kept;
use crate::domain::visit::{Visit, VisitStatus};
use crate::error::Error;
use crate::store::Tx;
use async_trait::async_trait;
use bitewing_core::{AppointmentId, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::text;
use serde_json::{Value, json};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The longest visit.
const LONGEST: Duration = Duration::hours(24);

#[async_trait]
impl Mirror for Visit {
    const EVENTS: (&'static str, &'static str) = ("appointment.created", "appointment.updated");

    fn name(id: Uuid) -> String {
        AppointmentId::from_uuid(id).to_string()
    }

    fn tell(&self) -> Value {
        json!({ "status": self.status.name() })
    }

    async fn known(tx: &mut Tx, ids: &[ExternalId]) -> Result<Vec<Kept<Self>>, Error> {
        tx.visits_of(ids).await
    }

    async fn write(
        tx: &mut Tx,
        rows: &[Kept<Self>],
        now: OffsetDateTime,
    ) -> Result<HashMap<ExternalId, Uuid>, Error> {
        tx.write_visits(rows, now).await
    }

    fn patient(&self) -> PatientId {
        self.patient
    }
}

/// Reads one visit; paths stand below `below`.
pub(super) fn read(
    sent: &pb::Appointment,
    below: &'static str,
    now: OffsetDateTime,
) -> Result<Draft<Visit>, Error> {
    let mut reader = Reader::new(below);
    let head = head(
        &mut reader,
        sent.external_id.as_ref(),
        (&sent.patient_id, sent.patient_external_id.as_ref()),
        &sent.clinic_id,
        (sent.source_update_time, now),
    );
    let starts_at = reader.take("start_time", moment::required(sent.start_time));
    if starts_at.is_some_and(|time| !(1990..=2100).contains(&time.year())) {
        reader.note("start_time", "must be from 1990 to 2100");
    }
    let ends_at = reader.take("end_time", moment::required(sent.end_time));
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && !(end > start && end - start <= LONGEST)
    {
        reader.note("end_time", "must be within 24 hours after start_time");
    }
    let status = reader.take("status", required::<VisitStatus>(sent.status));
    let provider = reader.take("provider", text(&sent.provider, 0..=120));
    let service = reader.take("service", text(&sent.service, 0..=120));
    let parts = (|| Some((head?, starts_at?, ends_at?, status?, provider?, service?)))();
    let (head, starts_at, ends_at, status, provider, service) = reader.end(parts)?;
    Ok(Draft {
        patient: head.patient,
        row: Visit {
            external_id: head.external_id,
            patient: Head::NOBODY,
            clinic: head.clinic,
            starts_at,
            ends_at,
            status,
            provider,
            service,
            changed_at: head.changed_at,
        },
    })
}
