//! Visits and wishes, from domain to wire.

use crate::domain::Code;
use crate::domain::visit::Wish;
use crate::store::KeptVisit;
use bitewing_proto::patient as pb;
use bitewing_rpc::field::to_timestamp;

pub(super) fn visit(kept: KeptVisit) -> pb::Appointment {
    let visit = kept.visit;
    pb::Appointment {
        appointment_id: kept.id.to_string(),
        external_id: Some(visit.external_id.into()),
        patient_id: visit.patient.to_string(),
        patient_external_id: None,
        clinic_id: visit.clinic.to_string(),
        start_time: Some(to_timestamp(visit.starts_at)),
        end_time: Some(to_timestamp(visit.ends_at)),
        status: visit.status.code().into(),
        provider: visit.provider,
        service: visit.service,
        source_update_time: Some(to_timestamp(visit.changed_at)),
        update_time: Some(to_timestamp(kept.updated_at)),
    }
}

pub(super) fn wish(wish: Wish) -> pb::AppointmentRequest {
    pb::AppointmentRequest {
        appointment_request_id: wish.id.to_string(),
        kind: wish.kind.code().into(),
        patient_id: wish.patient.to_string(),
        clinic_id: wish.clinic.to_string(),
        appointment_id: wish.visit.map(|id| id.to_string()).unwrap_or_default(),
        earliest_time: wish.earliest.map(to_timestamp),
        latest_time: wish.latest.map(to_timestamp),
        note: wish.note,
        state: wish.state.code().into(),
        reason: wish.reason,
        create_time: Some(to_timestamp(wish.created_at)),
        resolve_time: wish.resolved_at.map(to_timestamp),
        expire_time: wish.expires_at.map(to_timestamp),
    }
}
