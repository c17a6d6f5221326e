//! ListMessages.

use super::{Api, read};
use crate::error::Error;
use crate::store::MessageFilter;
use bitewing_core::ClinicId;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListMessagesRequest,
) -> Result<pb::ListMessagesResponse, Error> {
    let list = Filter::of("ListMessages", call.organization())
        .with(&request.clinic_id)
        .with(request.state.to_be_bytes());
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let clinic = fields.take(
        "clinic_id",
        field::optional_id::<ClinicId>(&request.clinic_id),
    );
    let state = fields.take("state", read::state(request.state));
    let (size, before, clinic, state) = all!(fields, size, before, clinic, state)?;

    let mut tx = api.begin(call).await?;
    let visible = call.caller.clinics.filter();
    let mut messages = tx
        .messages(
            &MessageFilter {
                visible,
                clinic,
                state,
                before,
            },
            size,
        )
        .await?;
    let more = messages.len() > size.rows();
    messages.truncate(size.rows());
    let details = json!({ "rows": messages.len() });
    tx.audit(audit::entry(
        call,
        "message.listed",
        call.organization(),
        clinic,
        details,
    ))
    .await?;
    tx.commit().await?;
    let next = messages.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.uuid(), &list));
    Ok(pb::ListMessagesResponse {
        messages: messages.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
