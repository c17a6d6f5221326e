use bitewing_postgres::Template;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::harness::{Place, ask};

fn migrator(sql: &str) -> Migrator {
    let sql = AssertSqlSafe(sql.to_owned()).into_sql_str();
    Migrator::with_migrations(vec![Migration::new(
        1,
        "create_words".into(),
        MigrationType::Simple,
        sql,
        false,
    )])
}

#[tokio::test]
async fn copies_are_migrated_owned_and_apart() {
    let place = Place::new();
    let cluster = place.start().await;
    let migrator =
        migrator("CREATE TABLE words (word text); GRANT SELECT, INSERT ON words TO bitewing_app;");
    let template = Template::prepare(&cluster.admin(), "gateway", &[&migrator])
        .await
        .unwrap();
    let one = template.copy("copy_one").await.unwrap();
    let two = template.copy("copy_two").await.unwrap();
    ask(&one.app, "INSERT INTO words VALUES ('only here')")
        .await
        .unwrap();
    assert_eq!(
        ask(&one.app, "SELECT word FROM words").await.unwrap(),
        ["only here"]
    );
    assert!(
        ask(&two.app, "SELECT word FROM words")
            .await
            .unwrap()
            .is_empty()
    );
    let owner = "SELECT tableowner::text FROM pg_tables WHERE tablename = 'words'";
    assert_eq!(
        ask(&two.admin, owner).await.unwrap(),
        ["bitewing_gateway_owner"]
    );
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn is_made_once_until_a_migration_changes() {
    let place = Place::new();
    let cluster = place.start().await;
    let admin = cluster.admin();
    let before = migrator("CREATE TABLE words (word text)");
    let after = migrator("CREATE TABLE words (word text, language text)");
    let migrators = [&before];
    let (a, b) = tokio::join!(
        Template::prepare(&admin, "gateway", &migrators),
        Template::prepare(&admin, "gateway", &migrators),
    );
    assert_eq!(a.unwrap().fingerprint(), b.unwrap().fingerprint());
    Template::prepare(&admin, "gateway", &[&after])
        .await
        .unwrap();
    let made = ask(
        &admin,
        "SELECT datname::text FROM pg_database WHERE datname LIKE 'template_g%'",
    );
    assert_eq!(made.await.unwrap().len(), 2);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_failing_migration_leaves_no_template_behind() {
    let place = Place::new();
    let cluster = place.start().await;
    let wrong = migrator("CREATE TABLE words (word no_such_type)");
    let error = Template::prepare(&cluster.admin(), "gateway", &[&wrong])
        .await
        .unwrap_err();
    assert!(format!("{error:#}").contains("no_such_type"), "{error:#}");
    let right = migrator("CREATE TABLE words (word text)");
    Template::prepare(&cluster.admin(), "gateway", &[&right])
        .await
        .unwrap();
    cluster.stop().await.unwrap();
}
