use crate::harness::{Harness, event, organization, scope};
use bitewing_store::StoreError;
use sqlx::{ConnectOptions, PgConnection, Row};
use std::time::Duration;

/// Every table of the schema, partitions included.
async fn tables(connection: &mut PgConnection) -> Vec<String> {
    let rows = sqlx::query(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'store' AND c.relkind IN ('r', 'p') ORDER BY 1",
    );
    rows.fetch_all(connection)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Rows the connection sees, or nothing where it is refused.
async fn visible(connection: &mut PgConnection, table: &str) -> Option<i64> {
    let query = format!("SELECT count(*) FROM {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_one(connection)
        .await
        .ok()
}

/// One row, at least, in every table that has an organization.
async fn fill(h: &Harness) {
    h.tamper(
        "INSERT INTO store.outbox (organization_id, id, event_type, resource, payload)
             VALUES (gen_random_uuid(), gen_random_uuid(), 't', 'r', '{}');
         INSERT INTO store.inbox VALUES (gen_random_uuid(), 'f', gen_random_uuid(), 1);
         INSERT INTO store.dead_event VALUES
             (gen_random_uuid(), 'f', gen_random_uuid(), 1, 't', 'r', '{}', NULL, now(), 'x');
         INSERT INTO store.job (organization_id, id, kind, lane, run_at, max_attempts, dedupe_key,
                 purpose, body)
             VALUES (gen_random_uuid(), gen_random_uuid(), 'k', 0, now(), 1, 'd', 'p', '');
         INSERT INTO store.lease VALUES ('l', gen_random_uuid(), 1, now());
         INSERT INTO store.feed_cursor VALUES ('f', 1);
         INSERT INTO store.idempotency VALUES (gen_random_uuid(), 'a', 'm', 'r', '', '');
         INSERT INTO store.audit_entries (organization_id, id, at, actor_kind, actor_id, action,
                 resource, details, request_id)
             VALUES (gen_random_uuid(), gen_random_uuid(), now(), 'k', 'i', 'a', 'r', '{}', 'q');
         INSERT INTO store.audit_heads VALUES (gen_random_uuid(), 1, '', '', now());",
    )
    .await;
}

#[tokio::test]
async fn raw_sql_of_the_application_sees_no_row_of_any_table_without_an_organization() {
    let h = Harness::new().await;
    fill(&h).await;
    let mut admin = h.admin().await;
    let mut app = h.database.app().connect().await.unwrap();
    let tables = tables(&mut admin).await;
    assert!(tables.len() >= 14, "{tables:?}");
    for table in &tables {
        let sees = visible(&mut app, table).await.unwrap_or(0);
        assert_eq!(sees, 0, "{table} without a context");
    }
    // After a transaction the setting is empty, not unknown: that must fail as closed.
    sqlx::raw_sql(
        "BEGIN; SET LOCAL app.organization = '00000000-0000-0000-0000-000000000001'; COMMIT",
    )
    .execute(&mut app)
    .await
    .unwrap();
    for table in &tables {
        let sees = visible(&mut app, table).await.unwrap_or(0);
        assert_eq!(sees, 0, "{table} after a context");
    }
    for table in tables
        .iter()
        .filter(|table| !table.contains("_p2") && *table != "store._sqlx_migrations")
    {
        let filled = visible(&mut admin, table).await.unwrap();
        assert!(filled > 0, "{table} proves nothing while it is empty");
    }
}

#[tokio::test]
async fn an_organization_sees_only_its_own_rows() {
    let h = Harness::new().await;
    fill(&h).await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    for table in [
        "job",
        "inbox",
        "idempotency",
        "audit_entries",
        "audit_heads",
        "dead_event",
    ] {
        assert_eq!(
            visible(tx.conn(), &format!("store.{table}")).await,
            Some(0),
            "{table}"
        );
    }
}

#[tokio::test]
async fn a_row_of_another_organization_cannot_be_written() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    let refused = sqlx::query(
        "INSERT INTO store.inbox (organization_id, feed, event_id, position)
         VALUES (gen_random_uuid(), 'f', gen_random_uuid(), 1)",
    )
    .execute(tx.conn())
    .await;
    let error = StoreError::from(refused.unwrap_err());
    assert_eq!(
        error.to_string(),
        "the database refused: refused by the server (SQLSTATE 42501)"
    );
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    tx.emit(event("a")).await.unwrap();
    drop(tx);
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    tx.emit(event("b")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(h.count("SELECT count(*) FROM store.outbox").await, 0);
}

#[tokio::test]
async fn a_transaction_that_is_too_old_is_undone() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    tx.emit(event("a")).await.unwrap();
    h.clock.advance(Duration::from_millis(10_001));
    assert!(matches!(tx.commit().await, Err(StoreError::Overdue)));
    assert_eq!(h.count("SELECT count(*) FROM store.outbox").await, 0);
}

#[tokio::test]
async fn constraints_are_named_and_values_are_not() {
    let h = Harness::new().await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    let secret = "s".repeat(20_000);
    let mut big = event("a");
    big.payload = serde_json::json!({ "note": secret });
    let error = tx.emit(big).await.unwrap_err();
    assert_eq!(error.constraint(), Some("outbox_payload_small"));
    assert!(!format!("{error} {error:?}").contains("sss"));
}

#[tokio::test]
async fn a_database_that_is_down_is_unavailable_at_once_and_not_an_obstacle_to_starting() {
    let h = Harness::new().await;
    let nowhere = h.database.app().socket("/nonexistent");
    let db = crate::harness::open(nowhere.clone(), nowhere, &h.clock, 1);
    let refused = db.begin(&scope(organization(1))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable)));
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_unavailable_within_two_seconds() {
    let h = Harness::new().await;
    let db = h.another(1);
    let _held = db.begin(&scope(organization(1))).await.unwrap();
    let asked = std::time::Instant::now();
    let refused = db.begin(&scope(organization(1))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable)));
    assert!(asked.elapsed() < Duration::from_secs(2));
}
