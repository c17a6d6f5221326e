//! DeleteApiClient.

use super::{Api, client, convert};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeleteApiClientRequest,
) -> Result<pb::DeleteApiClientResponse, Error> {
    let id = client::read(&request.client_id)?;
    let mut tx = api.begin(call).await?;
    let client = client::find_own(&mut tx, call, id).await?;
    if !tx.delete_api_client(id.id).await? {
        return Err(Error::ApiClientNotFound);
    }
    tx.revoke(id.id.uuid(), api.base.clock.now()).await?;
    tx.emit(Event {
        event_type: "api_client.deleted",
        resource: id.to_string(),
        payload: json!({ "clinic_ids": convert::clinics(&client.clinics) }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        "api_client.deleted",
        id,
        None,
        json!({}),
    ))
    .await?;
    tx.commit().await?;
    api.denied.hasten().await;
    Ok(pb::DeleteApiClientResponse {})
}
