//! The patient somebody writes to, from patient-profile.

use super::Api;
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_guard::message::Outbound;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_service_client::PatientServiceClient;
use bitewing_rpc::Call;
use bitewing_rpc::failure::reason_of;
use bitewing_rpc::peer::PeerError;

/// How much of a name is looked for in texts.
const NAME: usize = 50;

/// Asks with the caller's own rights: who may not see a patient cannot write to them. What the request does not say
/// of them is filled in: the guard looks for the name a patient is called by.
pub(super) async fn fill(
    api: &Api,
    call: &Call,
    patient: Option<PatientId>,
    context: &mut Outbound,
) -> Result<(), Error> {
    let Some(id) = patient else { return Ok(()) };
    let request = pb::GetPatientRequest {
        patient_id: id.to_string(),
    };
    let answer = PatientServiceClient::new(api.patients.channel())
        .get_patient(api.patients.request(call, request))
        .await
        .map_err(|status| match reason_of(&status).as_deref() {
            Some("PATIENT_NOT_FOUND") => Error::PatientNotFound,
            _ => PeerError::from(status).into(),
        })?;
    let patient = answer.into_inner().patient;
    let patient = patient.filter(|patient| patient.delete_time.is_none());
    let patient = patient.ok_or(Error::PatientNotFound)?;
    if patient.do_not_contact {
        return Err(Error::DoNotContact);
    }
    let called = match patient.preferred_name.as_str() {
        "" => &patient.given_name,
        preferred => preferred,
    };
    for (known, name) in [
        (&mut context.patient_first_name, called),
        (&mut context.patient_last_name, &patient.family_name),
        (&mut context.patient_patronymic, &patient.patronymic),
    ] {
        if known.is_empty() {
            *known = name.chars().take(NAME).collect();
        }
    }
    context.language = context.language.or_else(|| patient.language.parse().ok());
    Ok(())
}
