//! RefreshSession.

use super::Api;
use crate::error::Error;
use bitewing_proto::identity as pb;

pub(super) async fn run(
    api: &Api,
    request_id: String,
    request: pb::RefreshSessionRequest,
) -> Result<pb::RefreshSessionResponse, Error> {
    let tokens = api
        .sessions
        .refresh(&request.refresh_token, request_id)
        .await?;
    Ok(pb::RefreshSessionResponse {
        access_token: tokens.access,
        expires_in: i32::try_from(tokens.expires_in).unwrap_or_default(),
        refresh_token: tokens.refresh.expose().clone(),
    })
}
