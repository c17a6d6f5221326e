use crate::harness::{Harness, caller, reason};
use bitewing_auth::Service;
use bitewing_proto::feed as pb;
use std::time::Duration;
use tonic::Code;

#[tokio::test]
async fn a_service_on_the_table_is_let_in() {
    let h = Harness::start().await;
    let peer = h.peer(Service::SecureDocument);
    let request = peer.own_request(pb::PullEventsRequest::default(), Duration::from_secs(5));
    assert!(h.client().pull_events(request).await.is_ok());
}

#[tokio::test]
async fn a_service_not_on_the_table_is_refused() {
    let h = Harness::start().await;
    let peer = h.peer(Service::Template);
    let request = peer.own_request(pb::PullEventsRequest::default(), Duration::from_secs(5));
    let refused = h.client().pull_events(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::PermissionDenied, "FORBIDDEN".to_owned())
    );
}

#[tokio::test]
async fn a_callers_token_does_not_open_what_services_call() {
    let h = Harness::start().await;
    let token = h
        .minter(Service::Gateway)
        .mint(Some(&caller()), Service::Conversation);
    let mut request = h.request(0);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    let refused = h.client().pull_events(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::PermissionDenied, "FORBIDDEN".to_owned())
    );
}

#[tokio::test]
async fn no_token_another_audience_and_nonsense_look_the_same() {
    let h = Harness::start().await;
    let elsewhere = h.minter(Service::Gateway).mint(None, Service::Template);
    for value in [
        None,
        Some(format!("Bearer {elsewhere}")),
        Some("Bearer x".to_owned()),
    ] {
        let mut request = h.request(0);
        request.metadata_mut().remove("authorization");
        if let Some(value) = value {
            request
                .metadata_mut()
                .insert("authorization", value.parse().unwrap());
        }
        let refused = h.client().pull_events(request).await.err().unwrap();
        assert_eq!(
            reason(&refused),
            (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
        );
    }
    assert_eq!(h.handler.begun.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn pages_need_a_service_in_front_and_are_refused_as_problems() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let h = Harness::start().await;
    let uri = format!("http://{}/page", h.address);
    let request = http::Request::get(&uri)
        .body(tonic::body::Body::empty())
        .unwrap();
    let response = h.channel.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (problem["reason"].as_str(), problem["instance"].as_str()),
        (Some("UNAUTHENTICATED"), Some(id.as_str()))
    );
}
