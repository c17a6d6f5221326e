//! What each role sees without an organization, with a wrong one, with the right one.

use crate::catalogue::World;
use crate::suite::Suite;
use crate::suite::sql::{Sql, Table};
use bitewing_auth::Service;
use bitewing_core::{Ids as _, OrganizationId, SystemIds};

/// Rows a role can count in a table: none where it is refused.
async fn visible(sql: &mut Sql, table: &Table) -> i64 {
    match sql
        .number(format!("SELECT count(*) FROM {}", table.name))
        .await
    {
        Ok(rows) => rows,
        Err(error) => {
            let refused = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code);
            let refused = refused.unwrap_or_default();
            // insufficient_privilege, undefined_object (the setting), invalid text (an empty setting)
            assert!(
                matches!(&*refused, "42501" | "42704" | "22P02"),
                "{}: {error}",
                table.name
            );
            0
        }
    }
}

async fn visible_within(sql: &mut Sql, table: &Table, organization: OrganizationId) -> i64 {
    sql.run(format!(
        "BEGIN; SET LOCAL app.organization = '{}'",
        organization.uuid()
    ))
    .await
    .unwrap();
    let rows = visible(sql, table).await;
    sql.run("ROLLBACK").await.unwrap();
    rows
}

#[tokio::test]
async fn rows_are_seen_by_their_organization_only() {
    let suite = Suite::shared().await;
    let world = World::make(&suite.site).await;
    let mine: OrganizationId = world.chain.organization.parse().unwrap();
    let nobody = OrganizationId::from_uuid(SystemIds.next());
    let (mut filled, mut seen) = (0, 0);
    for service in Service::ALL {
        let database = suite.databases().of(service);
        let mut admin = Sql::connect(&database.admin()).await;
        let mut app = Sql::connect(&database.app()).await;
        let tables = admin.tables().await;
        assert!(
            tables.len() > 8,
            "{service} has only {} tables",
            tables.len()
        );
        for table in &tables {
            filled += i32::from(visible(&mut admin, table).await > 0);
            assert_eq!(
                visible(&mut app, table).await,
                0,
                "{service}: {} without a context",
                table.name
            );
            assert_eq!(
                visible_within(&mut app, table, nobody).await,
                0,
                "{service}: {} in a wrong context",
                table.name
            );
            seen += i32::from(visible_within(&mut app, table, mine).await > 0);
        }
        admin.close().await;
        app.close().await;
    }
    assert!(
        filled > 30,
        "only {filled} tables hold anything, which proves little"
    );
    assert!(seen > 20, "the right organization sees only {seen} tables");
}

#[tokio::test]
async fn a_role_cannot_write_into_another_organization() {
    let suite = Suite::shared().await;
    let world = World::make(&suite.site).await;
    let mine: OrganizationId = world.chain.organization.parse().unwrap();
    let other = OrganizationId::from_uuid(SystemIds.next());
    let database = suite.databases().of(Service::PatientProfile);
    let mut app = Sql::connect(&database.app()).await;
    let insert = format!(
        "BEGIN; SET LOCAL app.organization = '{}';
         INSERT INTO clinics (organization_id, id, region) VALUES ('{}', gen_random_uuid(), 'CA')",
        other.uuid(),
        mine.uuid()
    );
    let refused = app.run(insert).await.unwrap_err();
    let code = refused
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    assert_eq!(code.as_deref(), Some("42501"), "{refused}");
    app.run("ROLLBACK").await.unwrap();
    let steal = format!(
        "BEGIN; SET LOCAL app.organization = '{0}';
         UPDATE patients SET family_name = 'Taken'; UPDATE clinics SET organization_id = '{0}'",
        other.uuid()
    );
    app.run(steal).await.unwrap();
    app.run("COMMIT").await.unwrap();
    let mut admin = Sql::connect(&database.admin()).await;
    let taken = "SELECT count(*) FROM patients WHERE family_name = 'Taken'";
    assert_eq!(admin.number(taken).await.unwrap(), 0);
    let moved = format!(
        "SELECT count(*) FROM clinics WHERE organization_id = '{}'",
        other.uuid()
    );
    assert_eq!(admin.number(moved).await.unwrap(), 0);
}
