//! Applying migrations, and refusing to start without them.

use anyhow::Context as _;
use bitewing_auth::Service;
use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};

/// Applies the store's migrations and then the service's, as the owner of the tables.
pub async fn migrate(
    service: Service,
    owner: &PgConnectOptions,
    migrator: &Migrator,
) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(owner)
        .await
        .with_context(|| format!("connecting to the database of {service}"))?;
    for migrator in [&bitewing_store::MIGRATOR, migrator] {
        migrator
            .run(&mut connection)
            .await
            .with_context(|| format!("migrating the database of {service}"))?;
    }
    connection.close().await.context("closing the connection")?;
    Ok(())
}
