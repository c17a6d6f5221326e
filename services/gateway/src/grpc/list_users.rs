//! ListUsers.

use super::{Api, convert};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListUsersRequest,
) -> Result<pb::ListUsersResponse, Error> {
    let list = Filter::of("ListUsers", call.organization())
        .with(convert::clinics(&call.caller.clinics).concat());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let (size, before) = all!(fields, size, before)?;

    let mut tx = api.begin(call).await?;
    let mut users = tx.users(&call.caller.clinics, before, size).await?;
    let more = users.len() > size.rows();
    users.truncate(size.rows());
    let details = json!({ "rows": users.len() });
    tx.audit(audit::entry(
        call,
        "user.listed",
        call.organization(),
        None,
        details,
    ))
    .await?;
    tx.commit().await?;
    let next = users.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.uuid(), &list));
    Ok(pb::ListUsersResponse {
        users: users.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
