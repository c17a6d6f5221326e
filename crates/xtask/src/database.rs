//! Migrated databases to check queries against.

use anyhow::Context;
use bitewing_postgres::{Template, sweep};
use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;

use crate::workspace::DatabaseCrate;

/// Migrations that changed leave the databases of their earlier shape behind.
const KEPT_MINUTES: u32 = 7 * 24 * 60;

/// Makes the database of a crate, migrated to the newest files, and returns a superuser's URL.
///
/// The files are read now, so this works while the crate itself does not compile. The name says
/// which migrations were applied: two people with different files do not meet.
pub(crate) async fn migrated(
    server: &PgConnectOptions,
    crates: &[DatabaseCrate],
    krate: &DatabaseCrate,
) -> anyhow::Result<String> {
    let mut migrators = Vec::new();
    for shared in crates
        .iter()
        .filter(|other| other.is_shared() && !krate.is_shared())
    {
        migrators.push(migrator(shared).await?);
    }
    migrators.push(migrator(krate).await?);
    let migrators: Vec<&Migrator> = migrators.iter().collect();
    let template = Template::prepare(server, &krate.name, &migrators)
        .await
        .with_context(|| format!("cannot migrate a database for {}", krate.name))?;
    let name = format!(
        "dev_{}_{}",
        krate.name.replace('-', "_"),
        template.fingerprint()
    );
    let database = template.copy_once(&name).await?;
    Ok(database.admin.to_url_lossy().into())
}

/// Drops databases of migrations long changed.
pub(crate) async fn forget_old(server: &PgConnectOptions) -> anyhow::Result<()> {
    for prefix in ["dev_", "template_"] {
        sweep(server, prefix, KEPT_MINUTES).await?;
    }
    Ok(())
}

/// Does at run time what `sqlx::migrate!` does with the crate's `sqlx.toml`.
async fn migrator(krate: &DatabaseCrate) -> anyhow::Result<Migrator> {
    let dir = krate.dir.join("migrations");
    let mut migrator = Migrator::new(dir.as_path())
        .await
        .with_context(|| format!("cannot read {}", dir.display()))?;
    if let Some(table) = &krate.table_name {
        migrator.dangerous_set_table_name(table.clone());
    }
    for schema in &krate.schemas {
        migrator.create_schema(schema.clone());
    }
    Ok(migrator)
}
