//! ListEvents.

use super::{Api, cursor};
use crate::error::Error;
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListEventsRequest,
) -> Result<pb::ListEventsResponse, Error> {
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let after = fields.take(
        "after_cursor",
        cursor::read(api, call, &request.after_cursor),
    );
    let (size, after) = all!(fields, size, after)?;

    let mut tx = api.begin(call).await?;
    if request.from_now && request.after_cursor.is_empty() {
        let head = tx.events_head().await?;
        tx.commit().await?;
        return Ok(pb::ListEventsResponse {
            events: Vec::new(),
            next_cursor: cursor::write(api, call.organization(), head),
        });
    }
    let limit = i64::try_from(size.rows()).unwrap_or(1);
    let events = tx.events(after, &call.caller.clinics, limit).await?;
    tx.commit().await?;
    let organization = call.organization();
    let events: Vec<_> = events
        .into_iter()
        .map(|event| cursor::encode(api, organization, event))
        .collect();
    let next_cursor = events
        .last()
        .map_or(request.after_cursor, |last| last.cursor.clone());
    Ok(pb::ListEventsResponse {
        events,
        next_cursor,
    })
}
