//! ResolveMessage.

use super::{Api, read};
use crate::dispatch::{hasten, tell};
use crate::domain::{Reason, Resolution, State};
use crate::error::Error;
use crate::store::Settled;
use bitewing_core::MessageId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ResolveMessageRequest,
) -> Result<pb::ResolveMessageResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("message_id", field::id::<MessageId>(&request.message_id));
    let resolution = fields.take("resolution", read::resolution(request.resolution));
    let (id, resolution) = all!(fields, id, resolution)?;

    let mut tx = api.begin(call).await?;
    let visible = call.caller.clinics.filter();
    let found = tx.in_transit(id).await?.filter(|found| {
        visible
            .as_ref()
            .is_none_or(|clinics| clinics.contains(&found.message.clinic.uuid()))
    });
    let found = found.ok_or(Error::MessageNotFound)?;
    if found.message.state != State::Ambiguous {
        return Err(Error::MessageNotAmbiguous);
    }
    if resolution == Resolution::Resend && found.expired {
        return Err(Error::MessageExpired);
    }
    let (state, reason) = match resolution {
        Resolution::Resend => (State::Queued, None),
        Resolution::ConsiderSent => (State::Accepted, Some(Reason::ConsideredSent)),
        Resolution::ConsiderFailed => (State::Failed, Some(Reason::ConsideredFailed)),
    };
    let attempt = found.message.attempts;
    let now = api.base.clock.now();
    tx.settle(&Settled {
        id,
        attempt,
        state,
        reason,
        code: "",
        reference: "",
        forget: state.is_final(),
        now,
    })
    .await?;
    let clinic = Some(found.message.clinic);
    let details = json!({ "resolution": resolution.name() });
    tx.audit(audit::entry(call, "message.resolved", id, clinic, details))
        .await?;
    tell(
        &mut tx,
        call,
        &found.message,
        state,
        reason.map_or("", Reason::name),
    )
    .await?;
    // The job sends it again, or finds that nothing is left to do.
    hasten(&mut tx, id, &call.caller.clinics).await?;
    let message = tx
        .message(id, None, false)
        .await?
        .ok_or(Error::MessageNotFound)?;
    tx.commit().await?;
    Ok(pb::ResolveMessageResponse {
        message: Some(message.into()),
    })
}
