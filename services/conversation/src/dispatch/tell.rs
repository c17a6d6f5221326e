//! What every step of a message leaves behind: events and lines of audit.

use crate::domain::delivery::is_taken;
use crate::domain::{Message, State};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::PatientId;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

/// The event of a state; waiting is none.
const fn event_of(state: State) -> Option<&'static str> {
    match state {
        State::Queued | State::Sending => None,
        State::Accepted => Some("message.accepted"),
        State::Delivered => Some("message.delivered"),
        State::Failed => Some("message.failed"),
        State::Ambiguous => Some("message.ambiguous"),
        State::Expired => Some("message.expired"),
        State::Sent => Some("message.sent"),
        State::Held => Some("message.held"),
    }
}

/// Tells that a message reached a state, and why. What is sent or delivered was accepted: both are told.
pub(crate) async fn tell(
    tx: &mut Tx,
    call: &Call,
    message: &Message,
    state: State,
    reason: &str,
) -> Result<(), Error> {
    let states: &[State] = match state {
        State::Sent if !is_taken(message.state) => &[State::Accepted, State::Sent],
        State::Delivered if !is_taken(message.state) => &[State::Accepted, State::Delivered],
        _ => &[state],
    };
    for state in states {
        let Some(what) = event_of(*state) else {
            continue;
        };
        let mut payload = json!({
            "clinic_id": message.clinic.to_string(),
            "patient_id": message.patient.as_ref().map(PatientId::to_string),
            "state": state.name(),
            "reason": reason,
        });
        // Who keeps the patient's addresses learns at which of them nothing arrives.
        if *state == State::Failed && message.patient.is_some() {
            payload["channel"] = message.channel.name().into();
            payload["address_name"] = tx.address_name(message).await?.into();
        }
        tx.emit(Event {
            event_type: what,
            resource: message.id.to_string(),
            payload,
        })
        .await?;
        let details = json!({ "channel": message.channel.name(), "reason": reason });
        tx.audit(audit::entry(
            call,
            what,
            message.id,
            Some(message.clinic),
            details,
        ))
        .await?;
    }
    Ok(())
}
