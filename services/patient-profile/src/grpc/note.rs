//! What every change leaves behind: an event and a line in the trail.

use super::Api;
use crate::domain::{Patient, Stamp};
use crate::error::Error;
use crate::store::Tx;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::{Value, json};

/// Who calls, as records name them.
pub(crate) fn actor(call: &Call) -> String {
    let actor = &call.caller.actor;
    format!("{}/{}", actor.kind.as_str(), actor.id)
}

impl Api {
    /// What a change now is marked with.
    pub(crate) fn stamp<'a>(&'a self, actor: &'a str, source: &'a str) -> Stamp<'a> {
        Stamp {
            now: self.base.clock.now(),
            actor,
            source,
            ids: &*self.base.ids,
        }
    }
}

/// Tells what happened to a patient, with the clinic and what else is given; the trail says the same.
pub(crate) async fn tell(
    tx: &mut Tx,
    call: &Call,
    event_type: &'static str,
    patient: &Patient,
    details: Value,
) -> Result<(), Error> {
    let clinic = patient.profile.clinic;
    let mut payload = json!({ "clinic_id": clinic.to_string() });
    if let (Some(all), Some(more)) = (payload.as_object_mut(), details.as_object()) {
        all.extend(more.clone());
    }
    tx.emit(Event {
        event_type,
        resource: patient.id.to_string(),
        payload,
    })
    .await?;
    let line = audit::entry(call, event_type, patient.id, Some(clinic), details);
    Ok(tx.audit(line).await?)
}

/// Writes down that a patient was read. Of a list only the sensitive ones get a line of their own (R73).
pub(super) async fn read_in_list(
    tx: &mut Tx,
    call: &Call,
    patients: &[Patient],
    list: &'static str,
) -> Result<(), Error> {
    for patient in patients.iter().filter(|patient| patient.profile.sensitive) {
        let clinic = Some(patient.profile.clinic);
        let details = json!({ "sensitive": true, "in": list });
        tx.audit(audit::entry(
            call,
            "patient.read",
            patient.id,
            clinic,
            details,
        ))
        .await?;
    }
    Ok(())
}

/// A time as RFC 3339 has it.
pub(super) fn rfc3339(time: time::OffsetDateTime) -> String {
    time.format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}
