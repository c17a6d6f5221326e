use crate::harness::{Harness, quick, spawn_twin};
use bitewing_proto::conversation as pb;

#[tokio::test]
async fn messages_lie_in_the_partition_of_their_month() {
    let h = Harness::start().await;
    h.send(h.code()).await.unwrap();
    assert_eq!(h.count("SELECT count(*) FROM messages_default").await, 0);
    let ahead = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'messages'::regclass";
    assert_eq!(
        h.count(ahead).await,
        5,
        "this month, three ahead, and the default"
    );
}

#[tokio::test]
async fn names_of_requests_are_forgotten_after_every_message_is_over() {
    let h = Harness::start().await;
    let message = h.send(h.code()).await.unwrap();
    h.wait_for(&message.message_id, pb::MessageState::Delivered)
        .await;
    let fresh = h.code();
    h.send(fresh.clone()).await.unwrap();
    h.tamper(
        "UPDATE message_requests SET created_at = created_at - interval '33 days'
         WHERE message_id = (SELECT id FROM messages ORDER BY id LIMIT 1)",
    )
    .await;
    // Upkeep is the first thing a process does.
    spawn_twin(&h, h.test.twin(), quick()).await;
    h.wait_for_count("SELECT count(*) FROM message_requests", 1)
        .await;
    assert!(h.send(fresh).await.is_ok());
}

#[tokio::test]
async fn the_service_is_ready_on_its_own_tables() {
    let h = Harness::start().await;
    let url = format!("http://{}/readyz", h.address);
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ready\n");
}
