//! The roles and the database of one service.

use sqlx::postgres::PgConnectOptions;

use crate::roles::{APP_GROUP, Names, WORKER_GROUP};
use crate::sql::Maintenance;

/// Taken while roles and databases are made; any number will do, as long as all use this one.
const PROVISION_LOCK: i64 = 0x6269_7465_0001;

/// The connections to one service's database.
#[derive(Debug, Clone)]
pub struct ServiceDatabase {
    /// For migrations: the administrator acting as the role that owns every table.
    pub owner: PgConnectOptions,
    /// For requests: row-level security binds this role.
    pub app: PgConnectOptions,
    /// For jobs, feeds and upkeep, which look across organizations.
    pub worker: PgConnectOptions,
    /// For operators and tests: the administrator, whom no policy binds.
    pub admin: PgConnectOptions,
}

/// Makes the roles and the database of a service, or leaves them as they are.
///
/// Any number of processes may do so at once. `admin` must be a superuser. Roles made here have no
/// password: they serve where the server trusts the connection, and an operator gives them one
/// elsewhere.
pub async fn provision(admin: &PgConnectOptions, service: &str) -> anyhow::Result<ServiceDatabase> {
    let names = Names::of(service)?;
    let mut maintenance = Maintenance::connect(admin).await?;
    maintenance.lock(PROVISION_LOCK).await?;
    make_roles(&mut maintenance, &names).await?;
    make_database(&mut maintenance, &names, &names.database(), None).await?;
    close_public_schema(admin, &names.database()).await?;
    maintenance.close().await;
    Ok(ServiceDatabase::of(admin, &names, &names.database()))
}

impl ServiceDatabase {
    pub(crate) fn of(admin: &PgConnectOptions, names: &Names, database: &str) -> ServiceDatabase {
        let admin = admin.clone().database(database);
        ServiceDatabase {
            owner: admin.clone().options([("role", names.owner())]),
            app: admin.clone().username(&names.app()),
            worker: admin.clone().username(&names.worker()),
            admin,
        }
    }
}

/// Makes the service's roles under the lock, so that templates can be made before any database.
pub(crate) async fn provision_roles(admin: &PgConnectOptions, names: &Names) -> anyhow::Result<()> {
    let mut maintenance = Maintenance::connect(admin).await?;
    maintenance.lock(PROVISION_LOCK).await?;
    make_roles(&mut maintenance, names).await?;
    maintenance.close().await;
    Ok(())
}

/// Makes a database owned by the service's owner that only its own roles may enter.
pub(crate) async fn make_database(
    maintenance: &mut Maintenance,
    names: &Names,
    database: &str,
    template: Option<&str>,
) -> anyhow::Result<()> {
    let known = format!("SELECT FROM pg_database WHERE datname = '{database}'");
    if !maintenance.exists(&known).await? {
        let template = template
            .map(|name| format!(" TEMPLATE {name}"))
            .unwrap_or_default();
        let owner = names.owner();
        maintenance
            .run(format!(
                "CREATE DATABASE {database} OWNER {owner}{template}"
            ))
            .await?;
    }
    maintenance
        .run(format!(
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC;
             GRANT CONNECT ON DATABASE {database} TO {owner}, {app}, {worker};",
            owner = names.owner(),
            app = names.app(),
            worker = names.worker(),
        ))
        .await
}

/// Postgres 15 no longer lets everybody create tables here, but a dump of an older server may.
pub(crate) async fn close_public_schema(
    admin: &PgConnectOptions,
    database: &str,
) -> anyhow::Result<()> {
    let mut maintenance = Maintenance::connect_to(admin, database).await?;
    maintenance
        .run("REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned())
        .await?;
    maintenance.close().await;
    Ok(())
}

async fn make_roles(maintenance: &mut Maintenance, names: &Names) -> anyhow::Result<()> {
    let (owner, app, worker) = (names.owner(), names.app(), names.worker());
    let mut statements: Vec<String> = [
        (APP_GROUP, "NOLOGIN"),
        (WORKER_GROUP, "NOLOGIN"),
        (&owner, "NOLOGIN"),
        (&app, "LOGIN"),
        (&worker, "LOGIN"),
    ]
    .map(|(role, login)| role_with(role, login))
    .into();
    for (role, group, limits) in [
        (&app, APP_GROUP, APP_LIMITS),
        (&worker, WORKER_GROUP, WORKER_LIMITS),
    ] {
        statements.push(format!("GRANT {group} TO {role}"));
        for (setting, value) in limits.iter().chain(QUIET) {
            statements.push(format!("ALTER ROLE {role} SET {setting} = '{value}'"));
        }
    }
    maintenance.run(statements.join(";\n")).await
}

/// `CREATE ROLE` has no `IF NOT EXISTS`, and a role that exists may have been widened since.
fn role_with(role: &str, login: &str) -> String {
    format!(
        "DO $$ BEGIN
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
             CREATE ROLE {role} NOLOGIN;
           END IF;
         END $$;
         ALTER ROLE {role} {login} INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE \
           NOREPLICATION"
    )
}

/// A request has given up long before; what still runs then only holds locks.
const APP_LIMITS: &[(&str, &str)] = &[
    ("statement_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "5s"),
];

/// Batches may take longer than requests, but nothing waits for ever.
const WORKER_LIMITS: &[(&str, &str)] = &[
    ("statement_timeout", "60s"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("lock_timeout", "5s"),
];

/// Keeps patients' data out of the log of whatever server this is.
const QUIET: &[(&str, &str)] = &[
    ("log_statement", "none"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
];
