//! ListWordings.

use super::super::Api;
use super::super::speak::read;
use crate::domain::review::State;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListWordingsRequest,
) -> Result<pb::ListWordingsResponse, Error> {
    let list = Filter::of("ListWordings", call.organization())
        .with(&request.kind)
        .with(request.state.to_be_bytes());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let token = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", token);
    let kind = Some(request.kind.as_str()).filter(|kind| !kind.is_empty());
    let kind = fields.take("kind", kind.map(read::kind).transpose());
    let state = field::optional_one_of(request.state);
    let state = fields.take("state", state);
    let (size, after, kind, state) = all!(fields, size, after, kind, state)?;
    let after = after.and_then(|key| Uuid::from_slice(&key).ok());

    let state = state.and_then(state_of);
    let mut tx = api.begin(call).await?;
    let clinics = call.caller.clinics.filter();
    let after = after.unwrap_or(Uuid::nil());
    let mut page = tx
        .wordings((kind, state), clinics, after, size.probe())
        .await?;
    tx.commit().await?;
    let more = page.len() > size.rows();
    page.truncate(size.rows());
    let next = page.last().filter(|_| more);
    let next = next.map(|version| {
        let key = version.id.uuid();
        api.base.page_tokens.write_bytes(key.as_bytes(), &list)
    });
    Ok(pb::ListWordingsResponse {
        wordings: page.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

const fn state_of(state: pb::WordingState) -> Option<State> {
    match state {
        pb::WordingState::Draft => Some(State::Draft),
        pb::WordingState::InReview => Some(State::InReview),
        pb::WordingState::Approved => Some(State::Approved),
        pb::WordingState::Rejected => Some(State::Rejected),
        pb::WordingState::Retired => Some(State::Retired),
        pb::WordingState::Unspecified => None,
    }
}
