use crate::harness::{Harness, WAIT, reason};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tonic::Code;

#[tokio::test]
async fn too_little_time_is_refused_before_the_handler() {
    let h = Harness::start().await;
    let mut request = h.request(0);
    request
        .metadata_mut()
        .insert("grpc-timeout", "10m".parse().unwrap());
    let refused = h.client().pull_events(request).await.err().unwrap();
    assert_eq!(
        reason(&refused),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned())
    );
    assert_eq!(h.handler.begun.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_passed_deadline_answers_and_the_handler_still_finishes() {
    let h = Harness::start().await;
    let mut request = h.request(WAIT);
    request
        .metadata_mut()
        .insert("grpc-timeout", "300m".parse().unwrap());
    let refused = h.client().pull_events(request).await.err().unwrap();
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    assert_eq!(h.handler.finished.load(Ordering::SeqCst), 0);
    h.handler.gate.0.add_permits(1);
    let finished = async {
        while h.handler.finished.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), finished)
        .await
        .unwrap();
}
