//! IngestWebhook.

use super::Api;
use crate::error::Error;
use crate::webhook::Inbound;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Fields;

/// Twilio's URLs have up to 4,000 characters with everything it adds.
const MAX_URL: usize = 4_000;
const MAX_HEADERS: usize = 64;
const MAX_HEADER: usize = 4_000;
/// Forms of providers have a few kilobytes.
const MAX_BODY: usize = 65_536;

pub(super) async fn run(
    api: &Api,
    request_id: String,
    request: pb::IngestWebhookRequest,
) -> Result<pb::IngestWebhookResponse, Error> {
    let mut fields = Fields::new();
    if request.url.is_empty() || request.url.len() > MAX_URL {
        fields.note("url", "must have 1 to 4000 bytes");
    }
    if request.headers.len() > MAX_HEADERS {
        fields.note("headers", "must be at most 64");
    }
    for (index, header) in request.headers.iter().take(MAX_HEADERS).enumerate() {
        if header.name.is_empty() || header.name.len() + header.value.len() > MAX_HEADER {
            fields.note(format!("headers[{index}]"), "must have 1 to 4000 bytes");
        }
    }
    if request.body.len() > MAX_BODY {
        fields.note("body", "must have at most 65536 bytes");
    }
    fields.check()?;

    let inbound = Inbound {
        url: request.url,
        headers: request
            .headers
            .into_iter()
            .map(|header| (header.name, header.value))
            .collect(),
        body: request.body,
    };
    let reply = api.desk.take(&inbound, request_id).await?;
    Ok(pb::IngestWebhookResponse {
        status: reply.status.into(),
        content_type: reply.content_type.to_owned(),
        body: reply.body.expose().clone().into_bytes(),
    })
}
