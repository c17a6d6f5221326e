//! Who holds a link: the patient, as far as the link goes.

use crate::domain::Patient;
use crate::error::Error;
use crate::grpc::Api;
use crate::store::{LinkPurpose, Tx};
use bitewing_auth::{Actor, ActorKind, Caller, Clinics, Scope};
use bitewing_core::CapabilityToken;
use bitewing_rpc::Call;
use bitewing_rpc::call::Arrival;

/// The patient behind a link, and the call made in their name.
pub(super) struct Holder {
    pub(super) call: Call,
    pub(super) patient: Patient,
}

impl Holder {
    /// Looks a token up. A wrong one, one that ended and one of somebody who was erased are all the same.
    pub(super) async fn find(
        api: &Api,
        arrival: &Arrival,
        token: &str,
        purpose: LinkPurpose,
    ) -> Result<(Tx, Self), Error> {
        let token = CapabilityToken::parse(token).map_err(|_| Error::PreferenceLinkNotFound)?;
        let mut tx = api.store.begin(&Scope::of_capability(&token)).await?;
        let id = tx
            .patient_of_link(&token, purpose)
            .await?
            .ok_or(Error::PreferenceLinkNotFound)?;
        let patient = match tx.patient(id, None, true).await {
            Ok(Some(patient)) if patient.deleted_at.is_none() => patient,
            Ok(_) | Err(Error::PatientErased) => return Err(Error::PreferenceLinkNotFound),
            Err(error) => return Err(error),
        };
        let actor = Actor {
            kind: ActorKind::Recipient,
            id: patient.id.to_string(),
        };
        let caller = Caller::verified(
            token.organization(),
            actor,
            Clinics::All,
            Vec::new(),
            Vec::new(),
        );
        let call = Call {
            caller,
            request_id: arrival.request_id.clone(),
            deadline: arrival.deadline,
        };
        Ok((tx, Self { call, patient }))
    }
}
