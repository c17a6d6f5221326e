//! ListSandboxMessages.

use super::{Api, convert};
use crate::error::Error;
use crate::sandbox::recipient_key;
use bitewing_proto::conversation as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListSandboxMessagesRequest,
) -> Result<pb::ListSandboxMessagesResponse, Error> {
    let list = Filter::of("ListSandboxMessages", call.organization()).with(&request.recipient);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let after = fields.take(
        "page_token",
        api.base.page_tokens.read(&request.page_token, &list),
    );
    let recipient = fields.take("recipient", field::optional_text(&request.recipient, 254));
    let (size, after, recipient) = all!(fields, size, after, recipient)?;

    let recipient = recipient
        .map(|recipient| recipient_key(&api.base, &call.scope(), &recipient.to_lowercase()));
    let mut tx = api.begin(call).await?;
    let mut arrived = tx.sandbox_messages(recipient.as_ref(), after, size).await?;
    let more = arrived.len() > size.rows();
    arrived.truncate(size.rows());
    let details = json!({ "rows": arrived.len() });
    tx.audit(audit::entry(
        call,
        "sandbox.listed",
        call.organization(),
        None,
        details,
    ))
    .await?;
    tx.commit().await?;
    let messages: Vec<_> = arrived
        .into_iter()
        .map(|arrived| {
            let cursor = api.base.page_tokens.write(arrived.id, &list);
            convert::sandbox_message(arrived, cursor)
        })
        .collect();
    let next = messages
        .last()
        .filter(|_| more)
        .map(|last| last.cursor.clone());
    Ok(pb::ListSandboxMessagesResponse {
        messages,
        next_page_token: next.unwrap_or_default(),
    })
}
