//! EventService: the merged feed.

use crate::harness::{Chain, Harness, paths, with_token};
use bitewing_core::{ClinicId, Ids as _, SystemIds};
use bitewing_gateway::{Deps, Listeners, serve};
use bitewing_proto::identity as pb;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Status, Streaming};

async fn list(
    harness: &Harness,
    token: &str,
    after: &str,
    size: i32,
) -> Result<pb::ListEventsResponse, Status> {
    let request = pb::ListEventsRequest {
        after_cursor: after.to_owned(),
        page_size: size,
        ..Default::default()
    };
    Ok(harness
        .events()
        .list_events(with_token(token, request))
        .await?
        .into_inner())
}

async fn watch(harness: &Harness, token: &str, after: &str) -> Streaming<pb::WatchEventsResponse> {
    let request = pb::WatchEventsRequest {
        after_cursor: after.to_owned(),
        ..Default::default()
    };
    harness
        .events()
        .watch_events(with_token(token, request))
        .await
        .unwrap()
        .into_inner()
}

async fn list_from_now(harness: &Harness, token: &str, after: &str) -> pb::ListEventsResponse {
    let request = pb::ListEventsRequest {
        after_cursor: after.to_owned(),
        from_now: true,
        ..Default::default()
    };
    harness
        .events()
        .list_events(with_token(token, request))
        .await
        .unwrap()
        .into_inner()
}

async fn next(stream: &mut Streaming<pb::WatchEventsResponse>) -> pb::Event {
    let message = tokio::time::timeout(Duration::from_secs(30), stream.message())
        .await
        .unwrap();
    message.unwrap().unwrap().event.unwrap()
}

/// Reads until an event arrives; answers what came, that one included.
async fn until(stream: &mut Streaming<pb::WatchEventsResponse>, id: &str) -> Vec<pb::Event> {
    let mut events = Vec::new();
    loop {
        events.push(next(stream).await);
        if events.last().unwrap().event_id == id {
            return events;
        }
    }
}

fn push(harness: &Harness, chain: &Chain, clinic: &str) -> String {
    let payload = json!({ "clinic_id": clinic, "state": "DELIVERED" });
    harness.conversation.push(
        &chain.organization_id,
        "message.delivered",
        "msg_1",
        payload,
    )
}

fn clinic() -> String {
    ClinicId::from_uuid(SystemIds.next()).to_string()
}

/// Another process over the same database, until it is dropped.
async fn twin(harness: &Harness) -> DropGuard {
    let stop = CancellationToken::new();
    let mut base = harness.test.twin();
    base.peers = harness.test.base.peers.clone();
    let listeners = Listeners {
        internal: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        public: TcpListener::bind("127.0.0.1:0").await.unwrap(),
    };
    let deps = Deps {
        base,
        edge: harness.config.clone(),
    };
    tokio::spawn(serve(deps, listeners, stop.clone()));
    stop.drop_guard()
}

#[tokio::test]
async fn own_facts_and_those_of_other_services_come_in_one_feed() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut stream = watch(&harness, &chain.token, "").await;
    let created = next(&mut stream).await;
    assert_eq!(
        (created.event_type.as_str(), created.resource),
        ("organization.created", chain.organization_id.clone())
    );
    let payload = bitewing_runtime::feed::from_struct(created.payload.unwrap());
    assert_eq!(
        payload,
        json!({
            "display_name": "Sourire", "slug": "sourire", "default_language": "en",
            "patient_visibility": "SHARED", "allowed_regions": ["CA", "US"],
        })
    );
    let id = push(&harness, &chain, &clinic());
    let events = until(&mut stream, &id).await;
    assert_eq!(events.last().unwrap().event_type, "message.delivered");
}

#[tokio::test]
async fn each_event_comes_once_also_after_another_process_joined() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let _twin = twin(&harness).await;
    let mut stream = watch(&harness, &chain.token, "").await;
    let pushed: Vec<_> = (0..300)
        .map(|_| push(&harness, &chain, &clinic()))
        .collect();
    let seen = until(&mut stream, pushed.last().unwrap()).await;
    let messages: Vec<_> = seen
        .iter()
        .filter(|event| event.event_type == "message.delivered")
        .map(|event| event.event_id.clone())
        .collect();
    assert_eq!(messages, pushed);
    let listed = list(&harness, &chain.token, "", 1000).await.unwrap().events;
    let ids: BTreeSet<_> = listed.iter().map(|event| &event.event_id).collect();
    assert_eq!(ids.len(), listed.len());
    assert!(pushed.iter().all(|id| ids.contains(id)));
}

#[tokio::test]
async fn a_list_goes_on_from_its_cursor() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut stream = watch(&harness, &chain.token, "").await;
    let ids: Vec<_> = (0..3).map(|_| push(&harness, &chain, &clinic())).collect();
    let all = until(&mut stream, &ids[2]).await;
    let mut cursor = String::new();
    let mut listed = Vec::new();
    loop {
        let page = list(&harness, &chain.token, &cursor, 2).await.unwrap();
        if page.events.is_empty() {
            assert_eq!(page.next_cursor, cursor);
            break;
        }
        cursor = page.next_cursor;
        listed.extend(page.events);
    }
    let ids = |events: &[pb::Event]| {
        events
            .iter()
            .map(|event| event.event_id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&listed), ids(&all));
    let mut rest = watch(&harness, &chain.token, &all[all.len() - 2].cursor).await;
    assert_eq!(next(&mut rest).await.event_id, all.last().unwrap().event_id);
}

#[tokio::test]
async fn a_list_from_now_is_empty_and_goes_on_behind_the_newest_event() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let mut stream = watch(&harness, &chain.token, "").await;
    let before = push(&harness, &chain, &clinic());
    let seen = until(&mut stream, &before).await;
    let head = list_from_now(&harness, &chain.token, "").await;
    assert!(head.events.is_empty());
    assert_eq!(head.next_cursor, seen.last().unwrap().cursor);
    let after = push(&harness, &chain, &clinic());
    until(&mut stream, &after).await;
    let rest = list_from_now(&harness, &chain.token, &head.next_cursor).await;
    let ids: Vec<_> = rest.events.iter().map(|event| &event.event_id).collect();
    assert_eq!(ids, [&after], "a cursor says more than `from_now`");
}

#[tokio::test]
async fn a_watch_from_now_tells_only_what_happens_after_it_began() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let before = push(&harness, &chain, &clinic());
    until(&mut watch(&harness, &chain.token, "").await, &before).await;
    let request = pb::WatchEventsRequest {
        from_now: true,
        ..Default::default()
    };
    let request = with_token(&chain.token, request);
    let answer = harness.events().watch_events(request).await.unwrap();
    let mut stream = answer.into_inner();
    let after = push(&harness, &chain, &clinic());
    assert_eq!(next(&mut stream).await.event_id, after);
}

#[tokio::test]
async fn a_caller_of_some_clinics_sees_theirs_and_what_is_about_none() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let (own, foreign) = (clinic(), clinic());
    let (_, local) = harness
        .client(&chain, &["events.read"], std::slice::from_ref(&own))
        .await;
    let mut stream = watch(&harness, &local, "").await;
    let hidden = push(&harness, &chain, &foreign);
    harness.conversation.push(
        &chain.organization_id,
        "clinic.created",
        &foreign,
        json!({}),
    );
    let shown = push(&harness, &chain, &own);
    let seen = until(&mut stream, &shown).await;
    let types: Vec<_> = seen.iter().map(|event| event.event_type.as_str()).collect();
    assert!(types.contains(&"organization.created") && !types.contains(&"clinic.created"));
    assert!(seen.iter().all(|event| event.event_id != hidden));
    let listed = list(&harness, &local, "", 100).await.unwrap().events;
    assert!(listed.iter().all(|event| event.event_id != hidden));
}

#[tokio::test]
async fn another_chains_events_and_cursors_are_foreign() {
    let harness = Harness::start().await;
    let (one, two) = (harness.chain("sourire").await, harness.chain("dents").await);
    let mut stream = watch(&harness, &one.token, "").await;
    let id = push(&harness, &one, &clinic());
    let seen = until(&mut stream, &id).await;
    let theirs = list(&harness, &two.token, "", 1000).await.unwrap().events;
    assert!(
        theirs
            .iter()
            .all(|event| event.event_id != id && event.resource != one.organization_id)
    );
    for cursor in [seen[0].cursor.as_str(), "AAAA", "!"] {
        let status = list(&harness, &two.token, cursor, 1).await.err().unwrap();
        assert_eq!(paths(&status), ["after_cursor"]);
    }
}

#[tokio::test]
async fn events_are_kept_for_some_days() {
    let harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    next(&mut watch(&harness, &chain.token, "").await).await;
    harness.test.clock.advance(time::Duration::days(31));
    let token = harness.token(&chain.client_id, &chain.secret).await;
    assert!(
        !list(&harness, &token, "", 10)
            .await
            .unwrap()
            .events
            .is_empty()
    );
    // A process prunes when it starts.
    let _twin = twin(&harness).await;
    let gone = async {
        while !list(&harness, &token, "", 10)
            .await
            .unwrap()
            .events
            .is_empty()
        {}
    };
    tokio::time::timeout(Duration::from_secs(30), gone)
        .await
        .unwrap();
}
