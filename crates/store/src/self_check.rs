//! What a service refuses to start on.
//!
//! Row-level security protects only what the roles cannot get around, so the roles themselves are
//! checked before the first request: a wrong URL must not silently switch tenancy off.

use crate::{Db, StoreError};
use sqlx::PgPool;
use sqlx::migrate::Migrator;

/// The store's tables without row-level security: nothing about people, for the worker role only.
const UNFORCED: [&str; 4] = [
    "store.feed_cursor",
    "store.feed_head",
    "store.lease",
    "store._sqlx_migrations",
];

/// Why a service must not start on this database.
#[derive(Debug, thiserror::Error)]
pub enum SelfCheckError {
    /// The role ignores row-level security.
    #[error("the role {role} is a superuser or bypasses row-level security")]
    Unbound {
        /// The login.
        role: String,
    },
    /// The role is not a member of its group alone.
    #[error("the role {role} must be a member of {group} and not of the other")]
    WrongGroup {
        /// The login.
        role: String,
        /// The group it needs.
        group: &'static str,
    },
    /// The role owns a table, so it can switch its protection off.
    #[error("the role {role} owns {table}")]
    Owner {
        /// The login.
        role: String,
        /// The table.
        table: String,
    },
    /// The role can reach a table that no policy protects.
    #[error("the role {role} reaches {table}, which has no forced row-level security")]
    Reachable {
        /// The login.
        role: String,
        /// The table.
        table: String,
    },
    /// A table with an organization has no forced row-level security.
    #[error("{table} has an organization and no forced row-level security")]
    Unforced {
        /// The table.
        table: String,
    },
    /// A migration is not applied, or another one was.
    #[error("{journal} lacks migration {version}, or holds another one: run `bitewing migrate`")]
    Pending {
        /// The journal of migrations.
        journal: String,
        /// The version.
        version: i64,
    },
    /// The database could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SelfCheckError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Db {
    /// Refuses roles that could see more than they should. A service's own table without an
    /// organization is reached through `SECURITY DEFINER` functions, by no role directly.
    pub async fn self_check(&self) -> Result<(), SelfCheckError> {
        check_role(self.app_pool(), "bitewing_app", "bitewing_worker").await?;
        check_role(self.worker_pool(), "bitewing_worker", "bitewing_app").await?;
        check_reach(self.app_pool(), &[]).await?;
        check_reach(self.worker_pool(), &UNFORCED).await?;
        check_forced(self.app_pool()).await
    }

    /// Refuses a database that lacks one of the migrations, or has another under its number.
    pub async fn migrated(&self, migrators: &[&Migrator]) -> Result<(), SelfCheckError> {
        for migrator in migrators {
            let applied = sqlx::query!(
                r#"SELECT version AS "version!", checksum AS "checksum!"
                   FROM store.applied_migrations($1) WHERE success"#,
                &*migrator.table_name,
            )
            .fetch_all(self.app_pool())
            .await?;
            let missing = migrator.iter().find(|wanted| {
                !applied
                    .iter()
                    .any(|done| done.version == wanted.version && done.checksum == *wanted.checksum)
            });
            if let Some(missing) = missing {
                return Err(SelfCheckError::Pending {
                    journal: migrator.table_name.to_string(),
                    version: missing.version,
                });
            }
        }
        Ok(())
    }
}

async fn check_role(
    pool: &PgPool,
    group: &'static str,
    other: &'static str,
) -> Result<(), SelfCheckError> {
    let login = sqlx::query!(
        r#"SELECT rolname::text AS "role!", rolsuper OR rolbypassrls AS "unbound!",
                  pg_has_role(oid, $1::text::name, 'MEMBER')
                      AND NOT pg_has_role(oid, $2::text::name, 'MEMBER') AS "grouped!"
           FROM pg_roles WHERE rolname = current_user"#,
        group,
        other,
    )
    .fetch_one(pool)
    .await?;
    if login.unbound {
        return Err(SelfCheckError::Unbound { role: login.role });
    }
    if !login.grouped {
        return Err(SelfCheckError::WrongGroup {
            role: login.role,
            group,
        });
    }
    Ok(())
}

/// Every table the role owns or can touch without a policy in between.
async fn check_reach(pool: &PgPool, listed: &[&str]) -> Result<(), SelfCheckError> {
    let listed: Vec<String> = listed.iter().map(|&table| table.to_owned()).collect();
    let reached = sqlx::query!(
        r#"SELECT current_user::text AS "role!", n.nspname || '.' || c.relname AS "table!",
                  pg_has_role(c.relowner, 'MEMBER') AS "owned!"
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
             AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
             AND (pg_has_role(c.relowner, 'MEMBER')
                  OR NOT (c.relrowsecurity AND c.relforcerowsecurity)
                     AND NOT (n.nspname || '.' || c.relname = ANY($1))
                     AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                          OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')))
           ORDER BY 2 LIMIT 1"#,
        &listed,
    )
    .fetch_optional(pool)
    .await?;
    match reached {
        None => Ok(()),
        Some(found) if found.owned => Err(SelfCheckError::Owner {
            role: found.role,
            table: found.table,
        }),
        Some(found) => Err(SelfCheckError::Reachable {
            role: found.role,
            table: found.table,
        }),
    }
}

/// Tables with an organization, reachable or not.
async fn check_forced(pool: &PgPool) -> Result<(), SelfCheckError> {
    let unforced = sqlx::query_scalar!(
        r#"SELECT n.nspname || '.' || c.relname AS "table!"
           FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
           WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
             AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND n.nspname NOT LIKE 'pg\_temp%'
           ORDER BY 1 LIMIT 1"#,
    )
    .fetch_optional(pool)
    .await?;
    unforced.map_or(Ok(()), |table| Err(SelfCheckError::Unforced { table }))
}
