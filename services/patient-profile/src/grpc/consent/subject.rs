//! Who a statement is about: a patient, an address, or both.

use super::super::address::{self, Sent, Wrong};
use super::super::{Api, clinic};
use crate::domain::{Address, Patient};
use crate::error::Error;
use bitewing_core::{ClinicId, PatientId};
use bitewing_rpc::field::{FieldError, optional_id};
use bitewing_rpc::{Call, Fields};

/// The parts of a request that say so.
pub(super) struct Parts<'a> {
    pub(super) patient: &'a str,
    pub(super) clinic: &'a str,
    pub(super) address: &'a str,
    pub(super) kind: i32,
    pub(super) channel: i32,
}

/// A patient, an address, or both; as they are sent.
pub(super) struct Named {
    patient: Option<PatientId>,
    clinic: Option<ClinicId>,
    sent: Option<Sent>,
}

/// A patient, an address, or both; looked up.
pub(super) struct Found {
    pub(super) patient: Option<Patient>,
    pub(super) address: Option<Address>,
}

impl Named {
    /// Reads the parts, noting violations.
    pub(super) fn read(fields: &mut Fields, parts: &Parts<'_>) -> Option<Self> {
        let patient = fields.take("patient_id", optional_id::<PatientId>(parts.patient));
        let clinic = fields.take("clinic_id", optional_id::<ClinicId>(parts.clinic));
        let sent = if parts.address.is_empty() {
            Some(None)
        } else {
            let kind = ("address_kind", parts.kind);
            address::sent(fields, parts.address, kind, parts.channel).map(Some)
        };
        let (patient, clinic, sent) = (patient?, clinic?, sent?);
        if patient.is_none() && sent.is_none() {
            fields.note("patient_id", "is required where there is no address");
            fields.note("address", FieldError::Required);
            return None;
        }
        Some(Self {
            patient,
            clinic,
            sent,
        })
    }

    /// Looks everything up, in transactions of its own.
    pub(super) async fn find(&self, api: &Api, call: &Call) -> Result<Found, Error> {
        if let Some(clinic) = self.clinic {
            clinic::region(api, call, clinic).await?;
        }
        let patient = match self.patient {
            Some(id) => {
                let mut tx = api.begin(call).await?;
                let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
                let patient = tx.patient(id, visible.as_deref(), false).await?;
                tx.commit().await?;
                Some(patient.ok_or(Error::PatientNotFound)?)
            }
            None => None,
        };
        let home = patient.as_ref().map(|patient| patient.profile.clinic);
        let address = match &self.sent {
            Some(sent) => {
                let read = sent.read_at(api, call, self.clinic.or(home)).await?;
                Some(read.map_err(|wrong: Wrong| Error::from(wrong))?.address)
            }
            None => None,
        };
        Ok(Found { patient, address })
    }
}
