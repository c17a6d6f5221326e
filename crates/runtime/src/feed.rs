//! A service's feed over gRPC, both ends.

use async_trait::async_trait;
use bitewing_core::{EventId, OrganizationId};
use bitewing_proto::feed as pb;
use bitewing_proto::feed::feed_service_client::FeedServiceClient;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_rpc::field::to_timestamp;
use bitewing_rpc::{Failure, Kind, Peer, open_service, status};
use bitewing_store::feed::{EventSource, FeedEvent, SourceError};
use bitewing_store::{Db, StoreError};
use std::time::Duration;
use time::OffsetDateTime;
use tonic::{Request, Response, Status};

const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Serves the feed of a database.
struct FeedApi(Db);

/// The feed of a database as a gRPC service.
pub(crate) fn server(db: Db) -> FeedServiceServer<impl FeedService> {
    FeedServiceServer::new(FeedApi(db))
}

#[derive(Debug, thiserror::Error)]
#[error("the feed cannot be read")]
struct FeedFailure(#[source] StoreError);

impl Failure for FeedFailure {
    fn kind(&self) -> Kind {
        if self.0.is_transient() {
            Kind::Unavailable
        } else {
            Kind::Internal
        }
    }
    fn reason(&self) -> &'static str {
        self.0.reason()
    }
}

#[async_trait]
impl FeedService for FeedApi {
    async fn pull_events(
        &self,
        request: Request<pb::PullEventsRequest>,
    ) -> Result<Response<pb::PullEventsResponse>, Status> {
        let (_, request) = open_service(request)?;
        let limit = match request.limit {
            1..=1000 => u32::try_from(request.limit).unwrap_or(500),
            _ => 500,
        };
        let wait = Duration::from_millis(u64::try_from(request.wait_milliseconds).unwrap_or(0));
        let events = self
            .0
            .pull(request.after_position.max(0), limit, wait.min(LONGEST_WAIT))
            .await
            .map_err(|error| status(&FeedFailure(error)))?;
        Ok(Response::new(pb::PullEventsResponse {
            events: events.into_iter().map(encode).collect(),
        }))
    }
}

fn encode(event: FeedEvent) -> pb::FeedEvent {
    pb::FeedEvent {
        position: event.position,
        event_id: event.id.to_string(),
        organization_id: event.organization.to_string(),
        event_type: event.event_type,
        resource: event.resource,
        payload: Some(to_struct(event.payload)),
        traceparent: event.traceparent.unwrap_or_default(),
        create_time: Some(to_timestamp(event.created_at)),
    }
}

fn decode(event: pb::FeedEvent) -> Result<FeedEvent, SourceError> {
    let broken = SourceError("MALFORMED_EVENT");
    let id: EventId = event.event_id.parse().map_err(|_| broken.clone())?;
    let organization: OrganizationId = event.organization_id.parse().map_err(|_| broken.clone())?;
    let time = event.create_time.unwrap_or_default();
    Ok(FeedEvent {
        position: event.position,
        id,
        organization,
        event_type: event.event_type,
        resource: event.resource,
        payload: event.payload.map_or(serde_json::Value::Null, from_struct),
        traceparent: (!event.traceparent.is_empty()).then_some(event.traceparent),
        created_at: bitewing_rpc::field::timestamp(time).unwrap_or(OffsetDateTime::UNIX_EPOCH),
    })
}

/// A peer's feed as a source of events.
#[derive(Debug, Clone)]
pub struct GrpcFeed(pub Peer);

#[async_trait]
impl EventSource for GrpcFeed {
    async fn pull(
        &self,
        after: i64,
        max: u32,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        let wait = wait.min(LONGEST_WAIT);
        let request = pb::PullEventsRequest {
            after_position: after,
            limit: i32::try_from(max).unwrap_or(1000),
            wait_milliseconds: i32::try_from(wait.as_millis()).unwrap_or(0),
        };
        let request = self.0.own_request(request, wait + Duration::from_secs(5));
        let answer = FeedServiceClient::new(self.0.channel())
            .max_decoding_message_size(64 << 20)
            .pull_events(request)
            .await
            .map_err(|_| SourceError("PEER_UNAVAILABLE"))?;
        answer.into_inner().events.into_iter().map(decode).collect()
    }
}

/// JSON as `google.protobuf.Struct`; anything but an object is empty.
pub fn to_struct(value: serde_json::Value) -> prost_types::Struct {
    let fields = match value {
        serde_json::Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, to_value(value)))
            .collect(),
        _ => std::collections::BTreeMap::new(),
    };
    prost_types::Struct { fields }
}

fn to_value(value: serde_json::Value) -> prost_types::Value {
    use prost_types::value::Kind;
    let kind = match value {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(value) => Kind::BoolValue(value),
        serde_json::Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        serde_json::Value::String(value) => Kind::StringValue(value),
        serde_json::Value::Array(values) => Kind::ListValue(prost_types::ListValue {
            values: values.into_iter().map(to_value).collect(),
        }),
        object @ serde_json::Value::Object(_) => Kind::StructValue(to_struct(object)),
    };
    prost_types::Value { kind: Some(kind) }
}

/// `google.protobuf.Struct` as JSON.
pub fn from_struct(value: prost_types::Struct) -> serde_json::Value {
    value
        .fields
        .into_iter()
        .map(|(name, value)| (name, from_value(value)))
        .collect()
}

fn from_value(value: prost_types::Value) -> serde_json::Value {
    use prost_types::value::Kind;
    match value.kind {
        None | Some(Kind::NullValue(_)) => serde_json::Value::Null,
        Some(Kind::BoolValue(value)) => value.into(),
        Some(Kind::NumberValue(value)) => {
            // Struct has no integers; whole numbers come back as what they were.
            if value.fract() == 0.0 && value.abs() < 9e15 {
                (value as i64).into()
            } else {
                value.into()
            }
        }
        Some(Kind::StringValue(value)) => value.into(),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(from_value).collect(),
        Some(Kind::StructValue(value)) => from_struct(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn payloads_travel_unchanged() {
        let payload = json!({"a": 1, "b": [true, null, "x", 1.5], "c": {"d": "e"}});
        assert_eq!(from_struct(to_struct(payload.clone())), payload);
    }
}
