use crate::harness::{Harness, PANIC, WAIT, reason};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tonic::Code;

#[tokio::test]
async fn a_panic_ends_one_call_and_says_nothing() {
    let h = Harness::start().await;
    let refused = h
        .client()
        .pull_events(h.request(PANIC))
        .await
        .err()
        .unwrap();
    assert_eq!(reason(&refused), (Code::Internal, "INTERNAL".to_owned()));
    assert_eq!(refused.message(), "internal error");
    assert!(h.client().pull_events(h.request(0)).await.is_ok());
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_the_handler() {
    let h = Harness::start().await;
    let mut client = h.client();
    let request = h.request(WAIT);
    let call = tokio::spawn(async move { client.pull_events(request).await });
    let until = async |counter: &std::sync::atomic::AtomicUsize| {
        let reached = async {
            while counter.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached)
            .await
            .unwrap();
    };
    until(&h.handler.begun).await;
    call.abort();
    assert!(call.await.err().unwrap().is_cancelled());
    h.handler.gate.0.add_permits(1);
    until(&h.handler.finished).await;
}
