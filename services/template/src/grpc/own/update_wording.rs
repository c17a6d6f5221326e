//! UpdateWording.

use super::super::Api;
use super::change;
use crate::domain::phrasebook::check;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateWordingRequest,
) -> Result<pb::UpdateWordingResponse, Error> {
    let id = super::id(&request.wording_id)?;
    let mut tx = api.begin(call).await?;
    let before = change::newest(&mut tx, call, id, &request.etag).await?;
    let words = check(
        &before.kind,
        before.place.medium,
        &request.subject,
        &request.body,
    )
    .map_err(|flaws| Error::of_draft("", flaws))?;
    let by = &call.caller.actor.id;
    let now = api.base.clock.now();
    let after = before
        .rewritten(words, by, now)
        .ok_or(Error::WordingState)?;
    // The same words are no change, and who wrote them stays who wrote them.
    let after = if after.words == before.words {
        before
    } else if after.version == before.version {
        tx.update_wording(&after).await?;
        change::note(&mut tx, call, "wording.updated", &after).await?;
        after
    } else {
        tx.insert_wording(&after).await?;
        change::note(&mut tx, call, "wording.updated", &after).await?;
        after
    };
    tx.commit().await?;
    Ok(pb::UpdateWordingResponse {
        wording: Some(after.into()),
    })
}
