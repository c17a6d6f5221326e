//! RejectMessage.

use super::Api;
use super::approve_message::{held, note};
use crate::dispatch::{hasten, tell};
use crate::domain::{Decision, Reason, State};
use crate::error::Error;
use crate::store::Settled;
use bitewing_core::MessageId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RejectMessageRequest,
) -> Result<pb::RejectMessageResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("message_id", field::id::<MessageId>(&request.message_id));
    let reason = fields.take("reason", field::text(&request.reason, 1..=500));
    let (id, reason) = all!(fields, id, reason)?;

    let mut tx = api.begin(call).await?;
    let (message, _, _) = held(&mut tx, call, id).await?;
    let now = api.base.clock.now();
    let decider = (call.caller.actor.id.as_str(), &reason.into());
    tx.decide(id, Decision::Rejected, decider, now).await?;
    tx.settle(&Settled {
        id,
        attempt: message.attempts,
        state: State::Failed,
        reason: Some(Reason::Rejected),
        code: "",
        reference: "",
        forget: true,
        now,
    })
    .await?;
    note(&mut tx, call, "message.rejected", &message).await?;
    let rejected = Reason::Rejected.name();
    tell(&mut tx, call, &message, State::Failed, rejected).await?;
    // The job finds that nothing is left to do.
    hasten(&mut tx, id, &call.caller.clinics).await?;
    let message = tx.message(id, None, false).await?;
    let message = message.ok_or(Error::MessageNotFound)?;
    tx.commit().await?;
    Ok(pb::RejectMessageResponse {
        message: Some(message.into()),
    })
}
