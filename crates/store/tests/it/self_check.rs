use crate::harness::{Harness, open};
use bitewing_store::{Db, MIGRATOR, SelfCheckError};
use sqlx::postgres::PgConnectOptions;

/// The database as seen through other logins.
fn through(h: &Harness, app: PgConnectOptions, worker: PgConnectOptions) -> Db {
    open(app, worker, &h.clock, 2)
}

async fn refusal(db: &Db) -> SelfCheckError {
    db.self_check().await.unwrap_err()
}

#[tokio::test]
async fn the_roles_of_a_service_pass() {
    let h = Harness::new().await;
    h.db.self_check().await.unwrap();
    h.db.migrated(&[&MIGRATOR]).await.unwrap();
}

#[tokio::test]
async fn a_superuser_is_refused() {
    let h = Harness::new().await;
    let app = through(&h, h.database.admin(), h.database.worker());
    assert!(matches!(
        refusal(&app).await,
        SelfCheckError::Unbound { .. }
    ));
    let worker = through(&h, h.database.app(), h.database.admin());
    assert!(matches!(
        refusal(&worker).await,
        SelfCheckError::Unbound { .. }
    ));
}

#[tokio::test]
async fn exchanged_roles_are_refused() {
    let h = Harness::new().await;
    let db = through(&h, h.database.worker(), h.database.app());
    assert!(matches!(
        refusal(&db).await,
        SelfCheckError::WrongGroup {
            group: "bitewing_app",
            ..
        }
    ));
}

#[tokio::test]
async fn an_owner_is_refused() {
    let h = Harness::new().await;
    h.tamper("CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO bitewing_store_app")
        .await;
    assert!(
        matches!(refusal(&h.db).await, SelfCheckError::Owner { table, .. } if table == "public.mine")
    );
}

#[tokio::test]
async fn a_reachable_table_without_a_policy_is_refused() {
    for (grant, role) in [
        (
            "GRANT SELECT ON loose TO bitewing_app",
            "bitewing_store_app",
        ),
        ("GRANT SELECT (id) ON loose TO PUBLIC", "bitewing_store_app"),
        (
            "GRANT DELETE ON loose TO bitewing_worker",
            "bitewing_store_worker",
        ),
        (
            "GRANT SELECT ON store.feed_head TO bitewing_app",
            "bitewing_store_app",
        ),
    ] {
        let h = Harness::new().await;
        h.tamper("CREATE TABLE loose (id int)").await;
        h.db.self_check().await.unwrap();
        h.tamper(grant).await;
        let SelfCheckError::Reachable { role: who, .. } = refusal(&h.db).await else {
            panic!("{grant} was not noticed");
        };
        assert_eq!(who, role);
    }
}

#[tokio::test]
async fn a_table_with_an_organization_must_be_forced_even_when_nobody_reaches_it() {
    let h = Harness::new().await;
    h.tamper(
        "CREATE TABLE tenants_own (organization_id uuid);
         ALTER TABLE tenants_own ENABLE ROW LEVEL SECURITY",
    )
    .await;
    assert!(matches!(
        refusal(&h.db).await,
        SelfCheckError::Unforced { table } if table == "public.tenants_own"
    ));
}

#[tokio::test]
async fn a_missing_or_different_migration_is_refused() {
    let h = Harness::new().await;
    h.tamper(
        "UPDATE store._sqlx_migrations SET checksum = '' WHERE version =
             (SELECT max(version) FROM store._sqlx_migrations)",
    )
    .await;
    let last = MIGRATOR.iter().last().unwrap().version;
    let refused = h.db.migrated(&[&MIGRATOR]).await.unwrap_err();
    assert!(matches!(refused, SelfCheckError::Pending { version, .. } if version == last));
    h.tamper("DELETE FROM store._sqlx_migrations").await;
    let first = MIGRATOR.iter().next().unwrap().version;
    let refused = h.db.migrated(&[&MIGRATOR]).await.unwrap_err();
    assert!(matches!(refused, SelfCheckError::Pending { version, .. } if version == first));
}

#[tokio::test]
async fn only_journals_of_migrations_can_be_read_through_the_function() {
    let h = Harness::new().await;
    let read = h
        .count("SELECT count(*) FROM store.applied_migrations('store.job')")
        .await;
    assert_eq!(read, 0);
    let hostile = "SELECT count(*) FROM store.applied_migrations('x; DROP TABLE store.job')";
    let refused: Result<i64, _> = sqlx::query_scalar(hostile)
        .fetch_one(&mut h.admin().await)
        .await;
    assert!(refused.is_err() || refused.unwrap() == 0);
    assert_eq!(h.count("SELECT count(*) FROM store.job").await, 0);
}
