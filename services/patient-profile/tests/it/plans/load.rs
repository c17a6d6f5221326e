//! Chains large enough that reading a table from end to end would hurt.

use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

/// Written by a superuser, once per organization.
const LOAD: &str = include_str!("load.sql");

/// Loads a chain.
pub(super) async fn load(admin: &mut PgConnection, organization: &str) {
    let sql = LOAD.replace(":organization", &format!("'{organization}'::uuid"));
    admin
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .unwrap();
}
