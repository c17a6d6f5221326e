use bitewing_postgres::{drop_database, sweep};
use sqlx::{ConnectOptions, Connection};

use crate::harness::{Place, ask};

#[tokio::test]
async fn drops_what_is_abandoned_and_nothing_else() {
    let place = Place::new();
    let cluster = place.start().await;
    let admin = cluster.admin();
    for database in ["test_abandoned", "test_in_use", "dev_other"] {
        ask(&admin, &format!("CREATE DATABASE {database}"))
            .await
            .unwrap();
    }
    ask(&admin, "CREATE DATABASE test_template IS_TEMPLATE true")
        .await
        .unwrap();
    let session = admin
        .clone()
        .database("test_in_use")
        .connect()
        .await
        .unwrap();

    sweep(&admin, "test_", 60).await.unwrap();
    let left = "SELECT datname::text FROM pg_database WHERE datname ~ '^(test|dev)' ORDER BY 1";
    assert_eq!(
        ask(&admin, left).await.unwrap().len(),
        4,
        "all are younger than an hour"
    );
    sweep(&admin, "test_", 0).await.unwrap();
    assert_eq!(
        ask(&admin, left).await.unwrap(),
        ["dev_other", "test_in_use"]
    );

    session.close().await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_ends_sessions_and_may_be_repeated() {
    let place = Place::new();
    let cluster = place.start().await;
    let admin = cluster.admin();
    ask(&admin, "CREATE DATABASE test_one").await.unwrap();
    let mut session = admin.clone().database("test_one").connect().await.unwrap();
    drop_database(&admin, "test_one").await.unwrap();
    assert!(session.ping().await.is_err());
    drop_database(&admin, "test_one").await.unwrap();
    assert!(drop_database(&admin, "postgres\"; --").await.is_err());
    cluster.stop().await.unwrap();
}
