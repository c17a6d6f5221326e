use crate::harness::{Harness, actor, event, organization, scope};
use bitewing_auth::{Actor, ActorKind};
use bitewing_store::{Db, Recall, RequestKey, StoreError};

fn key(request_id: &str, request: &[u8]) -> RequestKey {
    RequestKey::new(&actor(), "CreateThing", request_id, request)
}

/// What an RPC does: claims, makes, remembers; or answers what it answered.
async fn create(db: &Db, key: &RequestKey, answer: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut tx = db.begin(&scope(organization(1))).await?;
    match tx.recall(key).await? {
        Recall::Answer(first) => Ok(first),
        Recall::First => {
            tx.emit(event("made")).await?;
            tx.remember(key, answer).await?;
            tx.commit().await?;
            Ok(answer.to_vec())
        }
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_has_one_effect() {
    let h = Harness::new().await;
    let key = key("r1", b"request");
    assert_eq!(create(&h.db, &key, b"first").await.unwrap(), b"first");
    assert_eq!(create(&h.db, &key, b"second").await.unwrap(), b"first");
    assert_eq!(h.count("SELECT count(*) FROM store.outbox").await, 1);
}

#[tokio::test]
async fn another_request_under_the_same_id_is_refused() {
    let h = Harness::new().await;
    create(&h.db, &key("r1", b"request"), b"first")
        .await
        .unwrap();
    let reused = create(&h.db, &key("r1", b"other"), b"x").await;
    assert!(matches!(reused, Err(StoreError::RequestIdReused)));
}

#[tokio::test]
async fn the_same_id_of_another_actor_method_or_organization_is_another_request() {
    let h = Harness::new().await;
    create(&h.db, &key("r1", b"request"), b"first")
        .await
        .unwrap();
    let other = Actor {
        kind: ActorKind::ApiClient,
        id: "cli_1".to_owned(),
    };
    for key in [
        RequestKey::new(&other, "CreateThing", "r1", b"request"),
        RequestKey::new(&actor(), "CreateOther", "r1", b"request"),
    ] {
        assert_eq!(create(&h.db, &key, b"own").await.unwrap(), b"own");
    }
    let mut tx = h.db.begin(&scope(organization(2))).await.unwrap();
    assert_eq!(
        tx.recall(&key("r1", b"request")).await.unwrap(),
        Recall::First
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_twins_have_one_effect_and_one_answer() {
    let h = Harness::new().await;
    let calls = (0..8u8).map(|twin| {
        let db = h.db.clone();
        tokio::spawn(async move { create(&db, &key("r1", b"request"), &[twin]).await.unwrap() })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(h.count("SELECT count(*) FROM store.outbox").await, 1);
}

#[tokio::test]
async fn a_twin_waits_for_the_first_and_goes_ahead_when_that_is_undone() {
    let h = Harness::new().await;
    let key = key("r1", b"request");
    let mut first = h.db.begin(&scope(organization(1))).await.unwrap();
    assert_eq!(first.recall(&key).await.unwrap(), Recall::First);
    let other = h.another(2);
    let mut twin = std::pin::pin!(create(&other, &key, b"twin"));
    tokio::select! {
        biased;
        _ = &mut twin => panic!("answered while the first was under way"),
        () = h.wait_for_blocked() => {}
    }
    first.rollback().await.unwrap();
    assert_eq!(twin.await.unwrap(), b"twin");
}

#[tokio::test]
async fn a_claim_without_an_answer_cannot_be_committed() {
    let h = Harness::new().await;
    let key = key("r1", b"request");
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    tx.recall(&key).await.unwrap();
    assert!(matches!(tx.commit().await, Err(StoreError::AnswerMissing)));
    assert_eq!(create(&h.db, &key, b"first").await.unwrap(), b"first");
}

#[tokio::test]
async fn an_answer_rests_sealed_and_opens_only_in_its_row() {
    let h = Harness::new().await;
    create(&h.db, &key("r1", b"1"), b"the code is 123456")
        .await
        .unwrap();
    create(&h.db, &key("r2", b"2"), b"another").await.unwrap();
    let clear = "SELECT count(*) FROM store.idempotency WHERE position('123456' IN encode(response, 'escape')) > 0";
    assert_eq!(h.count(clear).await, 0);
    h.tamper(
        "UPDATE store.idempotency SET response =
             (SELECT response FROM store.idempotency WHERE request_id = 'r1')",
    )
    .await;
    assert_eq!(
        create(&h.db, &key("r1", b"1"), b"x").await.unwrap(),
        b"the code is 123456"
    );
    assert!(matches!(
        create(&h.db, &key("r2", b"2"), b"x").await,
        Err(StoreError::Tampered)
    ));
}
