//! CreateOrganization.

use super::{Api, secret, settings};
use crate::domain::{ApiClient, ClientId, Organization, Settings, Slug, Visibility, scopes};
use crate::error::Error;
use bitewing_auth::{Clinics, Scope};
use bitewing_core::{ApiClientId, OrganizationId};
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;
use uuid::{Builder, Uuid, Variant, Version};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateOrganizationRequest,
) -> Result<pb::CreateOrganizationResponse, Error> {
    let mut fields = Fields::new();
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let slug = fields.take("slug", Slug::parse(&request.slug));
    let name = settings::name(&mut fields, "display_name", &request.display_name);
    let language = settings::language(&mut fields, "default_language", &request.default_language);
    let regions = settings::regions(&mut fields, "allowed_regions", &request.allowed_regions);
    let (request_id, slug, name, language, regions) =
        all!(fields, request_id, slug, name, language, regions)?;

    let now = api.base.clock.now();
    let id = identifier(api, request_id);
    let once = Once::new(call, "CreateOrganization", request_id, &request);
    let settings = Settings {
        display_name: name,
        visibility: Visibility::Shared,
        default_language: language,
        allowed_regions: regions,
    };
    let organization = Organization::begin(id, slug, settings, now);
    let (shown, secret) = secret::draw(api).await;
    let client = ApiClient {
        id: ClientId {
            organization: id,
            id: ApiClientId::from_uuid(api.base.ids.next()),
        },
        display_name: "First client".to_owned(),
        scopes: scopes::all(),
        clinics: Clinics::All,
        created_at: now,
        secret_created_at: now,
        live_secrets: 1,
    };

    let mut tx = api.store.begin(&Scope::of_credential(id)).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    tx.insert_organization(&organization).await?;
    if !tx.claim_slug(&organization.slug).await? {
        return Err(Error::SlugTaken);
    }
    tx.insert_api_client(&client, &secret).await?;
    tx.emit_all(vec![
        settings::event("organization.created", &organization),
        Event {
            event_type: "api_client.created",
            resource: client.id.to_string(),
            payload: json!({ "clinic_ids": [] }),
        },
    ])
    .await?;
    let details = json!({ "client_id": client.id.to_string() });
    tx.audit(audit::entry(
        call,
        "organization.created",
        id,
        None,
        details,
    ))
    .await?;
    let answer = pb::CreateOrganizationResponse {
        organization: Some(organization.into()),
        client_id: client.id.to_string(),
        client_secret: shown.expose().clone(),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// A repetition must find the answer of the first request, which is kept with the organization's own
/// rows: so a request id always leads to the same organization.
fn identifier(api: &Api, request_id: Option<Uuid>) -> OrganizationId {
    let uuid = request_id.map_or_else(
        || api.base.ids.next(),
        |request_id| {
            let mac = api
                .base
                .pepper
                .mac("organization", &[request_id.as_bytes()]);
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&mac[..16]);
            Builder::from_bytes(bytes)
                .with_version(Version::Custom)
                .with_variant(Variant::RFC4122)
                .into_uuid()
        },
    );
    OrganizationId::from_uuid(uuid)
}
