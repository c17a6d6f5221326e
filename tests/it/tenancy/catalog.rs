//! What the schema promises.

use crate::suite::Suite;
use crate::suite::sql::Sql;
use bitewing::suite::migrator;
use bitewing_auth::Service;
use bitewing_store::{Db, DbOptions, SelfCheckError};
use bitewing_testkit::TestBase;
use sqlx::postgres::PgConnectOptions;
use std::sync::Arc;

const TENANT_TABLES: &str = "SELECT c.oid, n.nspname || '.' || c.relname AS name,
        c.relrowsecurity AND c.relforcerowsecurity AS forced, a.attnum AS organization
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

/// Asks every database; answers every line that came back with the service's name before it.
async fn ask_all(sql: &str) -> Vec<String> {
    let suite = Suite::shared().await;
    let mut lines = Vec::new();
    for service in Service::ALL {
        let mut admin = Sql::connect(&suite.databases().of(service).admin()).await;
        let found = admin.texts(sql).await.unwrap();
        lines.extend(found.into_iter().map(|line| format!("{service}: {line}")));
        admin.close().await;
    }
    lines
}

#[tokio::test]
async fn every_tenant_table_forces_its_policies() {
    let tables = ask_all(&format!("SELECT name FROM ({TENANT_TABLES}) t")).await;
    assert!(tables.len() > 60, "only {} tenant tables", tables.len());
    let unforced = ask_all(&format!(
        "SELECT name FROM ({TENANT_TABLES}) t WHERE NOT forced"
    ))
    .await;
    assert_eq!(unforced, Vec::<String>::new());
}

#[tokio::test]
async fn every_key_of_a_tenant_table_starts_with_the_organization() {
    let keys = ask_all(&format!(
        "SELECT i.indexrelid::regclass::text FROM ({TENANT_TABLES}) t
         JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique WHERE i.indkey[0] <> t.organization"
    ))
    .await;
    assert_eq!(keys, Vec::<String>::new());
    let references = ask_all(&format!(
        "SELECT k.conname::text FROM ({TENANT_TABLES}) t
         JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
         WHERE k.conkey[1] <> t.organization"
    ))
    .await;
    assert_eq!(references, Vec::<String>::new());
    let without = ask_all(&format!(
        "SELECT name FROM ({TENANT_TABLES}) t
         WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)"
    ))
    .await;
    assert_eq!(without, Vec::<String>::new());
}

/// What is global is a short list, on purpose: a new table without an organization has to be argued for.
#[tokio::test]
async fn tables_without_an_organization_are_few_and_known() {
    let suite = Suite::shared().await;
    let known = ["gateway: public.slugs", "secure-document: public.budgets"];
    let mut global = Vec::new();
    for service in Service::ALL {
        let mut admin = Sql::connect(&suite.databases().of(service).admin()).await;
        let tables = admin.tables().await;
        let of_the_service = tables
            .iter()
            .filter(|table| !table.of_organization && !table.name.starts_with("store."));
        let names = of_the_service.filter(|table| !table.name.ends_with("_sqlx_migrations"));
        global.extend(names.map(|table| format!("{service}: {}", table.name)));
        admin.close().await;
    }
    assert_eq!(global, known);
}

/// The database of a base, entered with other logins.
async fn checked(
    base: &TestBase,
    app: PgConnectOptions,
    worker: PgConnectOptions,
) -> Result<(), SelfCheckError> {
    let parts = &base.base;
    let db = Db::new(DbOptions {
        app,
        worker,
        max_connections: 2,
        ids: Arc::clone(&parts.ids),
        clock: Arc::clone(&parts.clock),
        keyring: Arc::clone(&parts.keyring),
    });
    let outcome = db.self_check().await;
    db.close().await;
    outcome
}

#[tokio::test]
async fn every_service_starts_as_its_roles_and_refuses_others() {
    for service in Service::ALL {
        let base = TestBase::new(service, migrator(service)).await;
        let database = &base.database;
        let right = checked(&base, database.app(), database.worker()).await;
        assert!(right.is_ok(), "{service}: {right:?}");
        let superuser = checked(&base, database.admin(), database.worker()).await;
        assert!(
            matches!(superuser, Err(SelfCheckError::Unbound { .. })),
            "{service}: {superuser:?}"
        );
        let superuser = checked(&base, database.app(), database.admin()).await;
        assert!(
            matches!(superuser, Err(SelfCheckError::Unbound { .. })),
            "{service}: {superuser:?}"
        );
        let owner = checked(&base, database.owner(), database.worker()).await;
        assert!(
            owner.is_err(),
            "{service} starts as the owner of its tables"
        );
        let swapped = checked(&base, database.worker(), database.app()).await;
        assert!(
            matches!(swapped, Err(SelfCheckError::WrongGroup { .. })),
            "{service}: {swapped:?}"
        );
    }
}
