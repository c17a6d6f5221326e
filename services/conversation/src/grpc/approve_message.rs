//! ApproveMessage.

use super::Api;
use crate::dispatch::hasten;
use crate::domain::{Approver, Check, Decision, Message, State};
use crate::error::Error;
use crate::store::{Settled, Tx};
use bitewing_core::{MessageId, PatientId};
use bitewing_guard_desk::writer::{NotYours, may_approve};
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ApproveMessageRequest,
) -> Result<pb::ApproveMessageResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("message_id", field::id::<MessageId>(&request.message_id));
    let reason = fields.take("reason", field::text(&request.reason, 0..=500));
    let (id, reason) = all!(fields, id, reason)?;

    let mut tx = api.begin(call).await?;
    let (message, expired, check) = held(&mut tx, call, id).await?;
    let approver = check.approver.map(Approver::role);
    may_approve(&call.caller, approver, &check.author).map_err(|why| match why {
        NotYours::Role => Error::GuardApproverNeeded,
        NotYours::Own => Error::GuardOwnMessage,
    })?;
    if expired {
        return Err(Error::MessageExpired);
    }
    let now = api.base.clock.now();
    let decider = (call.caller.actor.id.as_str(), &reason.into());
    tx.decide(id, Decision::Approved, decider, now).await?;
    tx.settle(&Settled {
        id,
        attempt: message.attempts,
        state: State::Queued,
        reason: None,
        code: "",
        reference: "",
        forget: false,
        now,
    })
    .await?;
    note(&mut tx, call, "message.approved", &message).await?;
    hasten(&mut tx, id, &call.caller.clinics).await?;
    let message = tx.message(id, None, false).await?;
    let message = message.ok_or(Error::MessageNotFound)?;
    tx.commit().await?;
    Ok(pb::ApproveMessageResponse {
        message: Some(message.into()),
    })
}

/// A message that waits, whether its time has passed, and what was said of it.
pub(super) async fn held(
    tx: &mut Tx,
    call: &Call,
    id: MessageId,
) -> Result<(Message, bool, Check), Error> {
    let visible = call.caller.clinics.filter();
    let found = tx.in_transit(id).await?.filter(|found| {
        visible
            .as_ref()
            .is_none_or(|clinics| clinics.contains(&found.message.clinic.uuid()))
    });
    let found = found.ok_or(Error::MessageNotFound)?;
    if found.message.state != State::Held {
        return Err(Error::MessageNotHeld);
    }
    let check = tx.check(id).await?.ok_or(Error::MessageNotHeld)?;
    Ok((found.message, found.expired, check))
}

/// The event and the line of a decision: who and about which message, never the words.
pub(super) async fn note(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    message: &Message,
) -> Result<(), Error> {
    tx.emit(Event {
        event_type: what,
        resource: message.id.to_string(),
        payload: json!({
            "clinic_id": message.clinic.to_string(),
            "patient_id": message.patient.as_ref().map(PatientId::to_string),
        }),
    })
    .await?;
    let details = json!({ "channel": message.channel.name(), "held_as": message.reason });
    let clinic = Some(message.clinic);
    tx.audit(audit::entry(call, what, message.id, clinic, details))
        .await?;
    Ok(())
}
