use bitewing_testkit::database::TestDatabase;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqlSafeStr};

const NOTES: &str = "
    CREATE TABLE notes (organization_id uuid NOT NULL, body text NOT NULL);
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY notes_of_organization ON notes TO bitewing_app
        USING (organization_id = current_setting('app.organization', true)::uuid);
    GRANT SELECT, INSERT ON notes TO bitewing_app;";

fn migrator() -> Migrator {
    let sql = AssertSqlSafe(NOTES).into_sql_str();
    let migration = Migration::new(1, "create_notes".into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![migration])
}

async fn ask(options: &PgConnectOptions, query: &'static str) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let rows = sqlx::raw_sql(query).fetch_all(&mut connection).await?;
    connection.close().await?;
    rows.iter().map(|row| row.try_get::<String, _>(0)).collect()
}

#[tokio::test]
async fn tests_run_as_the_application_role() {
    let database = TestDatabase::create("testkit", &[&migrator()]).await;
    let who = "SELECT concat_ws(' ', session_user, current_user, rolsuper, rolbypassrls,
                   rolcreatedb, rolcreaterole) FROM pg_roles WHERE rolname = current_user";
    assert_eq!(
        ask(&database.app(), who).await.unwrap(),
        ["bitewing_testkit_app bitewing_testkit_app f f f f"]
    );
    assert_eq!(
        ask(&database.worker(), who).await.unwrap(),
        ["bitewing_testkit_worker bitewing_testkit_worker f f f f"]
    );
}

#[tokio::test]
async fn row_level_security_binds_tests() {
    let database = TestDatabase::create("testkit", &[&migrator()]).await;
    let insert = "INSERT INTO notes VALUES ('00000000-0000-7000-8000-000000000001', 'private')";
    ask(&database.admin(), insert).await.unwrap();
    let read = "SELECT body FROM notes";
    assert_eq!(ask(&database.admin(), read).await.unwrap(), ["private"]);
    assert!(ask(&database.app(), read).await.unwrap().is_empty());
    let error = ask(&database.app(), insert).await.unwrap_err().to_string();
    assert!(error.contains("row-level security"), "{error}");
}

#[tokio::test]
async fn no_test_sees_the_rows_of_another() {
    let migrator = migrator();
    let migrators = [&migrator];
    let (one, two) = tokio::join!(
        TestDatabase::create("testkit", &migrators),
        TestDatabase::create("testkit", &migrators),
    );
    assert_ne!(one.name(), two.name());
    let insert = "INSERT INTO notes VALUES ('00000000-0000-7000-8000-000000000001', 'mine')";
    ask(&one.admin(), insert).await.unwrap();
    assert!(
        ask(&two.admin(), "SELECT body FROM notes")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_database_ends_with_the_test_even_while_in_use() {
    let database = TestDatabase::create("testkit", &[&migrator()]).await;
    let admin = database.admin();
    let mut still_open = database.app().connect().await.unwrap();
    drop(database);
    assert!(still_open.ping().await.is_err());
    let error = ask(&admin, "SELECT 'here'").await.unwrap_err().to_string();
    assert!(error.contains("does not exist"), "{error}");
}
