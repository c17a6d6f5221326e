//! CreateApiClient.

use super::{Api, convert, read, secret};
use crate::domain::{ApiClient, ClientId};
use crate::error::Error;
use bitewing_core::ApiClientId;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateApiClientRequest,
) -> Result<pb::CreateApiClientResponse, Error> {
    let mut fields = Fields::new();
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let name = fields.take("display_name", field::text(&request.display_name, 1..=120));
    let scopes = read::scopes(&mut fields, &call.caller, &request.scopes);
    let clinics = read::clinics(&mut fields, &call.caller, &request.clinic_ids);
    let (request_id, display_name, scopes, clinics) =
        all!(fields, request_id, name, scopes, clinics)?;

    let now = api.base.clock.now();
    let once = Once::new(call, "CreateApiClient", request_id, &request);
    let (shown, secret) = secret::draw(api).await;
    let client = ApiClient {
        id: ClientId {
            organization: call.organization(),
            id: ApiClientId::from_uuid(api.base.ids.next()),
        },
        display_name,
        scopes,
        clinics,
        created_at: now,
        secret_created_at: now,
        live_secrets: 1,
    };

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    tx.insert_api_client(&client, &secret).await?;
    let clinics = convert::clinics(&client.clinics);
    tx.emit(Event {
        event_type: "api_client.created",
        resource: client.id.to_string(),
        payload: json!({ "clinic_ids": clinics }),
    })
    .await?;
    let details = json!({ "scopes": client.scopes, "clinic_ids": clinics });
    tx.audit(audit::entry(
        call,
        "api_client.created",
        client.id,
        None,
        details,
    ))
    .await?;
    let answer = pb::CreateApiClientResponse {
        api_client: Some(client.into()),
        client_secret: shown.expose().clone(),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
