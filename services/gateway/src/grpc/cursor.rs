//! Cursors into the merged feed: positions, authenticated and bound to the organization.

use super::Api;
use crate::store::EventRow;
use bitewing_core::OrganizationId;
use bitewing_proto::identity as pb;
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::page::PageTokenError;
use bitewing_rpc::{Call, Filter};
use bitewing_runtime::feed::to_struct;

fn list(organization: OrganizationId) -> Filter {
    Filter::of("Events", organization)
}

/// The position behind which a reader is; an empty cursor is the beginning.
pub(super) fn read(api: &Api, call: &Call, cursor: &str) -> Result<i64, PageTokenError> {
    let key = api
        .base
        .page_tokens
        .read_bytes(cursor, &list(call.organization()))?;
    key.map_or(Ok(0), |key| {
        let bytes = key.try_into().map_err(|_| PageTokenError)?;
        Ok(i64::from_be_bytes(bytes))
    })
}

/// The cursor of a position.
pub(super) fn write(api: &Api, organization: OrganizationId, position: i64) -> String {
    let key = position.to_be_bytes();
    api.base.page_tokens.write_bytes(&key, &list(organization))
}

/// An event with its cursor.
pub(super) fn encode(api: &Api, organization: OrganizationId, event: EventRow) -> pb::Event {
    pb::Event {
        cursor: write(api, organization, event.position),
        event_id: event.id.to_string(),
        event_type: event.event_type,
        resource: event.resource,
        payload: Some(to_struct(event.payload)),
        create_time: Some(to_timestamp(event.created_at)),
    }
}
