//! A stop.

use crate::harness::{Harness, with_token};
use bitewing_proto::identity as pb;
use std::time::Duration;

#[tokio::test]
async fn a_stop_ends_streams_and_the_service_returns() {
    let mut harness = Harness::start().await;
    let chain = harness.chain("sourire").await;
    let request = with_token(&chain.token, pb::WatchEventsRequest::default());
    let mut stream = harness
        .events()
        .watch_events(request)
        .await
        .unwrap()
        .into_inner();
    assert!(stream.message().await.unwrap().is_some());
    harness.stop.cancel();
    let ended = async { while let Ok(Some(_)) = stream.message().await {} };
    tokio::time::timeout(Duration::from_secs(10), ended)
        .await
        .unwrap();
    let served = harness.served.take().unwrap();
    let outcome = tokio::time::timeout(Duration::from_secs(20), served)
        .await
        .unwrap();
    outcome.unwrap().unwrap();
}
