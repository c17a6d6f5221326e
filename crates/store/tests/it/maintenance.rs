use crate::harness::{Harness, organization, scope};
use bitewing_store::Maintenance;
use sqlx::ConnectOptions;

#[tokio::test]
async fn receipts_go_once_the_cursor_passed_them_and_they_are_old() {
    let h = Harness::new().await;
    h.tamper(
        "INSERT INTO store.feed_cursor VALUES ('f', 10);
         INSERT INTO store.inbox (organization_id, feed, event_id, position, received_at)
         SELECT gen_random_uuid(), feed, gen_random_uuid(), position, now() - age FROM (VALUES
             ('f', 10, interval '2 hours'), ('f', 10, interval '1 minute'),
             ('f', 11, interval '2 hours'), ('unfollowed', 1, interval '2 hours')
         ) AS r (feed, position, age)",
    )
    .await;
    let swept = Maintenance::new(h.db.clone()).run_once().await.unwrap();
    assert_eq!(swept.receipts, 1);
    let kept = "SELECT count(*) FROM store.inbox WHERE NOT
                (feed = 'f' AND position = 10 AND received_at < now() - interval '1 hour')";
    assert_eq!(h.count(kept).await, 3);
}

#[tokio::test]
async fn first_answers_are_kept_for_a_day() {
    let h = Harness::new().await;
    h.tamper(
        "INSERT INTO store.idempotency
         SELECT gen_random_uuid(), 'a', 'm', 'r', '', '', now() - age
         FROM unnest(ARRAY[interval '23 hours 59 minutes', interval '24 hours 1 minute']) AS age",
    )
    .await;
    assert_eq!(
        Maintenance::new(h.db.clone())
            .run_once()
            .await
            .unwrap()
            .answers,
        1
    );
    assert_eq!(h.count("SELECT count(*) FROM store.idempotency").await, 1);
}

#[tokio::test]
async fn partitions_are_made_ahead_once_and_protected() {
    let h = Harness::new().await;
    h.tamper("DROP TABLE store.outbox_default, store.audit_entries_default CASCADE")
        .await;
    h.tamper(
        "DO $$ DECLARE part text; BEGIN
             FOR part IN SELECT inhrelid::regclass FROM pg_inherits
                 WHERE inhparent IN ('store.outbox'::regclass, 'store.audit_entries'::regclass)
             LOOP EXECUTE 'DROP TABLE ' || part; END LOOP;
         END $$",
    )
    .await;
    let maintenance = Maintenance::new(h.db.clone());
    // This month and three more, of two tables.
    assert_eq!(maintenance.run_once().await.unwrap().partitions, 8);
    assert_eq!(maintenance.run_once().await.unwrap().partitions, 0);
    h.emit(organization(1), &["a"]).await;
    let default = "SELECT count(*) FROM store.outbox WHERE tableoid::regclass::text LIKE '%_p2%'";
    assert_eq!(h.count(default).await, 1);
    h.db.self_check().await.unwrap();
}

#[tokio::test]
async fn a_month_with_rows_in_the_default_partition_stays_there() {
    let h = Harness::new().await;
    let made = h
        .tamper(
            "INSERT INTO store.outbox (organization_id, id, event_type, resource, payload)
             SELECT gen_random_uuid(), store.first_id_at(now() + interval '10 months'), 't', 'r', '{}'",
        )
        .await;
    assert_eq!(made, 1);
    let made = h.count("SELECT store.ensure_partitions(12)::bigint").await;
    assert_eq!(
        made,
        9 + 8,
        "nine more months, one of them not of the outbox"
    );
}

#[tokio::test]
async fn only_the_worker_may_make_partitions_and_nobody_a_table() {
    let h = Harness::new().await;
    let mut app = h.db.begin(&scope(organization(1))).await.unwrap();
    assert!(
        sqlx::query("SELECT store.ensure_partitions(1)")
            .execute(app.conn())
            .await
            .is_err()
    );
    for login in [h.database.app(), h.database.worker()] {
        let mut connection = login.connect().await.unwrap();
        for schema in ["store", "public"] {
            let create = format!("CREATE TABLE {schema}.mine (id int)");
            let made = sqlx::raw_sql(sqlx::AssertSqlSafe(create))
                .execute(&mut connection)
                .await;
            assert!(made.is_err(), "a table in {schema}");
        }
    }
}
