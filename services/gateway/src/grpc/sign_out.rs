//! SignOut.

use super::Api;
use crate::error::Error;
use bitewing_proto::identity as pb;

pub(super) async fn run(
    api: &Api,
    request_id: String,
    request: pb::SignOutRequest,
) -> Result<pb::SignOutResponse, Error> {
    api.sessions
        .sign_out(&request.refresh_token, request_id)
        .await?;
    Ok(pb::SignOutResponse {})
}
