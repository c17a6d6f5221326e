//! GetApiClient.

use super::{Api, client};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetApiClientRequest,
) -> Result<pb::GetApiClientResponse, Error> {
    let id = client::read(&request.client_id)?;
    let mut tx = api.begin(call).await?;
    let client = client::find(&mut tx, call, id).await?;
    tx.commit().await?;
    Ok(pb::GetApiClientResponse {
        api_client: Some(client.into()),
    })
}
