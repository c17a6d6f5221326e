//! Patient-profile, which knows how patients are reached.

use crate::domain::recipient::Contact;
use crate::error::Error;
use bitewing_auth::Service;
use bitewing_core::phone::{LineType, Phone};
use bitewing_core::{EmailAddress, Language, PatientId};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_service_client::PatientServiceClient;
use bitewing_rpc::failure::reason_of;
use bitewing_rpc::peer::PeerError;
use bitewing_rpc::{Call, Peer};
use bitewing_runtime::Base;

/// Patient-profile.
#[derive(Debug, Clone)]
pub(crate) struct PatientProfile(Peer);

/// What a link needs to know of a patient.
pub(crate) struct Patient {
    /// As an e-mail greets the patient.
    pub(crate) name: String,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) language: Option<Language>,
    pub(crate) do_not_contact: bool,
}

impl PatientProfile {
    pub(crate) fn new(base: &Base) -> Self {
        Self(base.peer(Service::PatientProfile))
    }

    /// Asks for the patient with the caller's own rights: who may not see one cannot link to one.
    pub(crate) async fn patient(&self, call: &Call, id: PatientId) -> Result<Patient, Error> {
        let request = pb::GetPatientRequest {
            patient_id: id.to_string(),
        };
        let answer = PatientServiceClient::new(self.0.channel())
            .get_patient(self.0.request(call, request))
            .await
            .map_err(|status| match reason_of(&status).as_deref() {
                Some("PATIENT_NOT_FOUND") => Error::PatientNotFound,
                _ => PeerError::from(status).into(),
            })?;
        let patient = answer
            .into_inner()
            .patient
            .filter(|patient| patient.delete_time.is_none());
        let patient = patient.ok_or(Error::PatientNotFound)?;
        Ok(Patient {
            name: greeting(&patient),
            contacts: patient.contact_points.iter().filter_map(contact).collect(),
            language: patient.language.parse().ok(),
            do_not_contact: patient.do_not_contact,
        })
    }
}

/// What the patient wants to be called, else the full name.
fn greeting(patient: &pb::Patient) -> String {
    if patient.preferred_name.is_empty() {
        let full = format!("{} {}", patient.given_name, patient.family_name);
        full.trim().to_owned()
    } else {
        patient.preferred_name.clone()
    }
}

/// Reads an address; one that cannot be used (a premium number, say) counts as none.
fn contact(point: &pb::ContactPoint) -> Option<Contact> {
    match point.kind() {
        pb::ContactPointKind::Email => EmailAddress::parse(&point.value).ok().map(Contact::Email),
        pb::ContactPointKind::Phone => {
            let phone = Phone::parse(&point.value, None).ok()?;
            let line = match point.line_type() {
                pb::LineType::Mobile => LineType::Mobile,
                pb::LineType::Landline => LineType::Landline,
                pb::LineType::Voip => LineType::Voip,
                pb::LineType::Unknown => LineType::Unknown,
                pb::LineType::Unspecified => phone.line(),
            };
            Some(Contact::Phone(phone, line))
        }
        pb::ContactPointKind::Handle | pb::ContactPointKind::Unspecified => None,
    }
}
