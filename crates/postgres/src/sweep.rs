//! Dropping databases that tests leave behind.

use sqlx::Row;
use sqlx::postgres::PgConnectOptions;

use crate::roles::database_name;
use crate::sql::Maintenance;

/// Drops a database with every session in it; one that does not exist is fine.
pub async fn drop_database(admin: &PgConnectOptions, database: &str) -> anyhow::Result<()> {
    let database = database_name(database)?;
    let mut maintenance = Maintenance::connect(admin).await?;
    maintenance.drop_database(database).await?;
    maintenance.close().await;
    Ok(())
}

/// Drops databases whose name begins so, that are older than this and that nobody uses.
///
/// The age is that of the database's files, so no clock but the server's is asked.
pub async fn sweep(
    admin: &PgConnectOptions,
    prefix: &str,
    older_than_minutes: u32,
) -> anyhow::Result<()> {
    let prefix = database_name(prefix)?;
    let mut maintenance = Maintenance::connect(admin).await?;
    let abandoned = maintenance
        .rows(format!(
            "SELECT datname::text FROM pg_database d
             WHERE starts_with(datname, '{prefix}')
               AND (pg_stat_file('base/' || d.oid || '/PG_VERSION', true)).modification
                   < now() - interval '{older_than_minutes} minutes'
               AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"
        ))
        .await?;
    for row in abandoned {
        maintenance.drop_database(row.try_get(0)?).await?;
    }
    maintenance.close().await;
    Ok(())
}
