//! The mirror of the dental system, and what patients wish of it.

mod balances;
mod mirror;
mod recalls;
mod wishes;

use crate::harness::{Harness, external_id};
use bitewing_auth::Caller;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_client::AppointmentServiceClient;
use bitewing_rpc::field::to_timestamp;
use prost_types::Timestamp;
use tonic::Status;
use tonic::transport::Channel;

pub(super) fn client(h: &Harness) -> AppointmentServiceClient<Channel> {
    AppointmentServiceClient::new(h.channel.clone())
}

pub(super) fn hours(h: &Harness, hours: i64) -> Timestamp {
    to_timestamp(bitewing_core::Clock::now(&*h.test.clock) + time::Duration::hours(hours))
}

/// A visit in two days of the patient `1234` of the dental system.
pub(super) fn visit(h: &Harness, value: &str) -> pb::Appointment {
    pb::Appointment {
        external_id: Some(external_id("opendental", value)),
        patient_external_id: Some(external_id("opendental", "1234")),
        clinic_id: h.clinic.to_string(),
        start_time: Some(hours(h, 48)),
        end_time: Some(hours(h, 49)),
        status: pb::AppointmentStatus::Scheduled.into(),
        provider: "Dr Roy".to_owned(),
        service: "hygiene".to_owned(),
        ..Default::default()
    }
}

pub(super) async fn upsert(
    h: &Harness,
    caller: &Caller,
    appointment: pb::Appointment,
) -> Result<pb::UpsertAppointmentResponse, Status> {
    let request = pb::UpsertAppointmentRequest {
        appointment: Some(appointment),
    };
    let answer = client(h)
        .upsert_appointment(h.request_as(caller, request))
        .await?;
    Ok(answer.into_inner())
}

pub(super) async fn batch(
    h: &Harness,
    caller: &Caller,
    rows: Vec<pb::Appointment>,
) -> Vec<pb::UpsertResult> {
    let request = pb::BatchUpsertAppointmentsRequest { appointments: rows };
    let answer = client(h)
        .batch_upsert_appointments(h.request_as(caller, request))
        .await
        .unwrap();
    answer.into_inner().results
}
