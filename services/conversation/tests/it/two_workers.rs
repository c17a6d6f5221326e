use crate::harness::{Harness, provider, quick, spawn_twin};
use bitewing_proto::conversation as pb;

#[tokio::test]
async fn two_processes_never_send_the_same_message_twice() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::None).await;
    spawn_twin(&h, h.test.twin(), quick()).await;
    let mut ids = Vec::new();
    for _ in 0..60 {
        ids.push(h.send(h.code()).await.unwrap().message_id);
    }
    for id in &ids {
        let message = h.wait_for(id, pb::MessageState::Accepted).await;
        assert_eq!((message.attempts, stub.ledger.posts_of(id)), (1, 1));
    }
}
