//! ListWhatsAppTemplates.

use super::super::Api;
use super::standing_of;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use uuid::Uuid;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListWhatsAppTemplatesRequest,
) -> Result<pb::ListWhatsAppTemplatesResponse, Error> {
    let list =
        Filter::of("ListWhatsAppTemplates", call.organization()).with(request.state.to_be_bytes());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let token = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", token);
    let state = fields.take("state", field::optional_one_of(request.state));
    let (size, after, state) = all!(fields, size, after, state)?;
    let after = after.and_then(|key| Uuid::from_slice(&key).ok());
    let after = after.unwrap_or(Uuid::nil());

    let standing = state.and_then(standing_of);
    let clinics = call.caller.clinics.filter();
    let mut tx = api.begin(call).await?;
    let mut page = tx
        .all_registered(standing, clinics, after, size.probe())
        .await?;
    tx.commit().await?;
    let more = page.len() > size.rows();
    page.truncate(size.rows());
    let next = page.last().filter(|_| more);
    let next = next.map(|template| {
        let key = template.id.uuid();
        api.base.page_tokens.write_bytes(key.as_bytes(), &list)
    });
    Ok(pb::ListWhatsAppTemplatesResponse {
        templates: page.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
