//! Migrated databases to copy.

use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::provision::{ServiceDatabase, close_public_schema, make_database, provision_roles};
use crate::roles::{Names, database_name};
use crate::sql::Maintenance;

/// Taken while a template is made, so that it is made once.
const TEMPLATE_LOCK: i64 = 0x6269_7465_0002;

/// A service's database with every migration applied, to be copied but never entered.
///
/// Its name holds a fingerprint of the migrations: a changed migration makes another template.
#[derive(Debug, Clone)]
pub struct Template {
    admin: PgConnectOptions,
    names: Names,
    database: String,
    fingerprint: String,
}

impl Template {
    /// Finds the template for these migrations, or makes it; they run in the given order as the
    /// role that owns the service's database.
    pub async fn prepare(
        admin: &PgConnectOptions,
        service: &str,
        migrators: &[&Migrator],
    ) -> anyhow::Result<Template> {
        let names = Names::of(service)?;
        let fingerprint = fingerprint(migrators);
        let database = format!("template_{}_{fingerprint}", names.stem());
        let template = Template {
            admin: admin.clone(),
            names,
            database,
            fingerprint,
        };
        let mut maintenance = Maintenance::connect(admin).await?;
        if !template.is_ready(&mut maintenance).await? {
            maintenance.lock(TEMPLATE_LOCK).await?;
            if !template.is_ready(&mut maintenance).await? {
                template.make(&mut maintenance, migrators).await?;
            }
        }
        maintenance.close().await;
        Ok(template)
    }

    /// Copies the template under a name of the caller's, in place of what had that name.
    pub async fn copy(&self, database: &str) -> anyhow::Result<ServiceDatabase> {
        let mut maintenance = Maintenance::connect(&self.admin).await?;
        maintenance.drop_database(database_name(database)?).await?;
        self.make_copy(maintenance, database).await
    }

    /// Copies the template under a name of the caller's, unless that was done before.
    pub async fn copy_once(&self, database: &str) -> anyhow::Result<ServiceDatabase> {
        let maintenance = Maintenance::connect(&self.admin).await?;
        self.make_copy(maintenance, database_name(database)?).await
    }

    /// Returns a short text that changes whenever a migration does.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn make_copy(
        &self,
        mut maintenance: Maintenance,
        database: &str,
    ) -> anyhow::Result<ServiceDatabase> {
        make_database(
            &mut maintenance,
            &self.names,
            database,
            Some(&self.database),
        )
        .await?;
        maintenance.close().await;
        Ok(ServiceDatabase::of(&self.admin, &self.names, database))
    }

    /// Only a finished template carries the mark, so one abandoned halfway is made anew.
    async fn is_ready(&self, maintenance: &mut Maintenance) -> anyhow::Result<bool> {
        maintenance
            .exists(&format!(
                "SELECT FROM pg_database WHERE datname = '{}' AND datistemplate",
                self.database
            ))
            .await
    }

    async fn make(
        &self,
        maintenance: &mut Maintenance,
        migrators: &[&Migrator],
    ) -> anyhow::Result<()> {
        let database = &self.database;
        provision_roles(&self.admin, &self.names).await?;
        maintenance
            .run(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
            .await?;
        make_database(maintenance, &self.names, database, None).await?;
        close_public_schema(&self.admin, database).await?;
        let owner = ServiceDatabase::of(&self.admin, &self.names, database).owner;
        let mut connection = owner.connect().await?;
        for migrator in migrators {
            migrator
                .run(&mut connection)
                .await
                .context("a migration failed")?;
        }
        connection.close().await?;
        maintenance
            .run(format!(
                "ALTER DATABASE {database} ALLOW_CONNECTIONS false IS_TEMPLATE true"
            ))
            .await
    }
}

fn fingerprint(migrators: &[&Migrator]) -> String {
    let mut hasher = DefaultHasher::new();
    for migrator in migrators {
        for migration in migrator.iter() {
            (migration.version, &migration.checksum).hash(&mut hasher);
        }
    }
    format!("{:016x}", hasher.finish())
}
