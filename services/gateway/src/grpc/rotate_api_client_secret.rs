//! RotateApiClientSecret.

use super::{Api, client, convert, secret};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RotateApiClientSecretRequest,
) -> Result<pb::RotateApiClientSecretResponse, Error> {
    let id = client::read(&request.client_id)?;
    let (shown, secret) = secret::draw(api).await;
    let mut tx = api.begin(call).await?;
    client::find_own(&mut tx, call, id).await?;
    tx.rotate_secret(id.id, &secret).await?;
    let client = client::find(&mut tx, call, id).await?;
    tx.emit(Event {
        event_type: "api_client.secret_rotated",
        resource: id.to_string(),
        payload: json!({ "clinic_ids": convert::clinics(&client.clinics) }),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        "api_client.secret_rotated",
        id,
        None,
        json!({}),
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::RotateApiClientSecretResponse {
        api_client: Some(client.into()),
        client_secret: shown.expose().clone(),
    })
}
