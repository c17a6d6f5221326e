//! Writing a statement down, with its event and its line in the trail.

use super::super::Api;
use crate::domain::consent::{Basis, ConsentSource, HashedAddress, Purposes, Statement};
use crate::domain::{Address, Code, ContactChannel, Patient};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ClinicId, ConsentId, PatientId};
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;
use time::OffsetDateTime;

/// What is said.
pub(crate) struct Said {
    pub(crate) granted: bool,
    pub(crate) purposes: Purposes,
    pub(crate) channel: Option<ContactChannel>,
    pub(crate) basis: Option<Basis>,
    pub(crate) wording: String,
    pub(crate) source: ConsentSource,
    pub(crate) occurred_at: OffsetDateTime,
}

/// Writes it down.
pub(crate) async fn say(
    api: &Api,
    call: &Call,
    tx: &mut Tx,
    (patient, address): (Option<&Patient>, Option<&Address>),
    said: Said,
) -> Result<Statement, Error> {
    let clinic: Option<ClinicId> = patient.map(|patient| patient.profile.clinic);
    let patient: Option<PatientId> = patient.map(|patient| patient.id);
    let statement = Statement {
        id: ConsentId::from_uuid(api.base.ids.next()),
        patient,
        granted: said.granted,
        purposes: said.purposes,
        channel: said.channel,
        address: address.map(|address| HashedAddress {
            kind: address.kind,
            hash: api.hash_address(call.organization(), address),
        }),
        basis: said.basis,
        wording: said.wording,
        source: said.source,
        recorded_by: super::super::note::actor(call),
        occurred_at: said.occurred_at,
        created_at: api.base.clock.now(),
    };
    tx.add_statement(&statement).await?;
    let what = if said.granted {
        "consent.granted"
    } else {
        "consent.revoked"
    };
    // Numbers of the contract, and identifiers: who needs the words asks ListConsents.
    tx.emit(Event {
        event_type: what,
        resource: statement.id.to_string(),
        payload: json!({
            "clinic_id": clinic.map(|clinic| clinic.to_string()),
            "patient_id": patient.map(|patient| patient.to_string()),
            "purpose": statement.purposes.code(),
            "channel": crate::domain::code_or_zero(statement.channel),
            "about_address": statement.address.is_some(),
        }),
    })
    .await?;
    let details = json!({ "consent_id": statement.id.to_string() });
    let resource = patient.map_or_else(|| statement.id.to_string(), |patient| patient.to_string());
    tx.audit(audit::entry(call, what, resource, clinic, details))
        .await?;
    Ok(statement)
}
