//! ListApiClients.

use super::{Api, convert};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListApiClientsRequest,
) -> Result<pb::ListApiClientsResponse, Error> {
    let list = Filter::of("ListApiClients", call.organization())
        .with(convert::clinics(&call.caller.clinics).concat());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let (size, before) = all!(fields, size, before)?;

    let mut tx = api.begin(call).await?;
    let mut clients = tx.api_clients(&call.caller.clinics, before, size).await?;
    tx.commit().await?;
    let more = clients.len() > size.rows();
    clients.truncate(size.rows());
    let next = clients.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.id.uuid(), &list));
    Ok(pb::ListApiClientsResponse {
        api_clients: clients.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
