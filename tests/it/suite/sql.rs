//! What the tests ask Postgres directly.

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

/// A connection that says whatever a test wants said.
pub(crate) struct Sql(PgConnection);

/// A table in any schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Table {
    /// As `store.job`.
    pub(crate) name: String,
    /// Whether it has a column `organization_id`.
    pub(crate) of_organization: bool,
}

impl Sql {
    /// Connects.
    pub(crate) async fn connect(options: &PgConnectOptions) -> Self {
        Self(options.connect().await.unwrap())
    }

    /// Runs statements.
    pub(crate) async fn run(&mut self, sql: impl Into<String>) -> Result<u64, sqlx::Error> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.into()))
            .execute(&mut self.0)
            .await?;
        Ok(done.rows_affected())
    }

    async fn rows(&mut self, sql: String) -> Result<Vec<PgRow>, sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(&mut self.0)
            .await
    }

    /// The first column of every row, as text.
    pub(crate) async fn texts(
        &mut self,
        sql: impl Into<String>,
    ) -> Result<Vec<String>, sqlx::Error> {
        let rows = self.rows(sql.into()).await?;
        rows.iter()
            .map(|row| {
                row.try_get::<Option<String>, _>(0)
                    .map(Option::unwrap_or_default)
            })
            .collect()
    }

    /// One number.
    pub(crate) async fn number(&mut self, sql: impl Into<String>) -> Result<i64, sqlx::Error> {
        self.rows(sql.into())
            .await?
            .first()
            .map_or(Ok(0), |row| row.try_get(0))
    }

    /// Every table that is not Postgres's own; partitions are left out, as their parents have their rows.
    pub(crate) async fn tables(&mut self) -> Vec<Table> {
        let sql = "SELECT n.nspname || '.' || c.relname,
                       EXISTS (SELECT FROM pg_attribute a
                               WHERE a.attrelid = c.oid AND a.attname = 'organization_id')
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
                     AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                     AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
                   ORDER BY 1";
        let rows = self.rows(sql.to_owned()).await.unwrap();
        rows.iter()
            .map(|row| Table {
                name: row.try_get(0).unwrap(),
                of_organization: row.try_get(1).unwrap(),
            })
            .collect()
    }

    /// The rows of a table as text, one per line.
    pub(crate) async fn dump(&mut self, table: &Table) -> String {
        let sql = format!("SELECT t::text FROM {} t", table.name);
        self.texts(sql).await.unwrap().join("\n")
    }

    /// Goes away in order.
    pub(crate) async fn close(self) {
        self.0.close().await.unwrap();
    }
}
