//! Small statements to any Postgres, outside every schema of ours.

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// The superuser of clusters made here.
pub(crate) const SUPERUSER: &str = "postgres";

/// The database every server has; locks taken here exclude every other user of this crate.
const MAINTENANCE: &str = "postgres";

/// One connection for statements about roles and databases.
///
/// Statements are text put together from names this crate has checked (see `roles`): data
/// definition takes no parameters.
pub(crate) struct Maintenance(PgConnection);

impl Maintenance {
    pub(crate) async fn connect(admin: &PgConnectOptions) -> anyhow::Result<Maintenance> {
        Maintenance::connect_to(admin, MAINTENANCE).await
    }

    pub(crate) async fn connect_to(
        admin: &PgConnectOptions,
        database: &str,
    ) -> anyhow::Result<Maintenance> {
        let options = admin
            .clone()
            .database(database)
            .application_name("bitewing-maintenance")
            .options([("client_min_messages", "warning")]);
        let connection = options.connect().await.context("cannot reach Postgres")?;
        Ok(Maintenance(connection))
    }

    pub(crate) async fn run(&mut self, statements: String) -> anyhow::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(&mut self.0)
            .await?;
        Ok(())
    }

    pub(crate) async fn rows(&mut self, query: String) -> anyhow::Result<Vec<PgRow>> {
        Ok(sqlx::raw_sql(AssertSqlSafe(query))
            .fetch_all(&mut self.0)
            .await?)
    }

    pub(crate) async fn exists(&mut self, query: &str) -> anyhow::Result<bool> {
        Ok(!self
            .rows(format!("SELECT 1 WHERE EXISTS ({query})"))
            .await?
            .is_empty())
    }

    /// Waits until nobody else on this server does the same kind of work; ends with the session.
    pub(crate) async fn lock(&mut self, key: i64) -> anyhow::Result<()> {
        self.run(format!("SELECT pg_advisory_lock({key})")).await
    }

    /// Drops a database, its mark as a template and every session in it notwithstanding.
    pub(crate) async fn drop_database(&mut self, database: &str) -> anyhow::Result<()> {
        if self
            .exists(&format!(
                "SELECT FROM pg_database WHERE datname = '{database}'"
            ))
            .await?
        {
            // Two statements, since a database is not dropped inside a transaction. Somebody else
            // may be faster, which the second one tolerates.
            let _ = self
                .run(format!("ALTER DATABASE {database} IS_TEMPLATE false"))
                .await;
            self.run(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn close(self) {
        // The work is done and committed; a failed goodbye changes nothing.
        let _ = self.0.close().await;
    }
}
