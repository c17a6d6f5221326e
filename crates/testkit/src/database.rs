//! A database of its own for every test.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use bitewing_postgres::{ServiceDatabase, Template, drop_database, sweep, throwaway_server};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

/// Begins the name of every test's database, for the sweep to know them.
const PREFIX: &str = "test_";
/// A test that has left a database behind this long ago is not running any more.
const ABANDONED_AFTER_MINUTES: u32 = 60;

/// A migrated database that ends with the test.
///
/// It is a copy of a template made once per set of migrations, on a server that all test processes
/// of the machine share: see [`throwaway_server`]. Tests connect as the service's application role,
/// so that row-level security binds them as it binds production.
#[derive(Debug)]
pub struct TestDatabase {
    server: PgConnectOptions,
    name: String,
    roles: ServiceDatabase,
}

impl TestDatabase {
    /// Makes a database for one service, to which these migrations were applied in this order.
    ///
    /// # Panics
    /// When there is no server to be had or a migration fails: the test cannot go on.
    pub async fn create(service: &str, migrators: &[&Migrator]) -> TestDatabase {
        match TestDatabase::try_create(service, migrators).await {
            Ok(database) => database,
            Err(error) => panic!("no test database for {service}: {error:#}"),
        }
    }

    async fn try_create(service: &str, migrators: &[&Migrator]) -> anyhow::Result<TestDatabase> {
        let server = server().await?;
        let template = Template::prepare(&server, service, migrators).await?;
        let name = next_name();
        let roles = template.copy(&name).await?;
        Ok(TestDatabase {
            server,
            name,
            roles,
        })
    }

    /// Returns how the service connects for requests: bound by row-level security.
    pub fn app(&self) -> PgConnectOptions {
        self.roles.app.clone()
    }

    /// Returns how the service connects for jobs and feeds.
    pub fn worker(&self) -> PgConnectOptions {
        self.roles.worker.clone()
    }

    /// Returns how migrations connect.
    pub fn owner(&self) -> PgConnectOptions {
        self.roles.owner.clone()
    }

    /// Returns how a superuser connects, for tests that tamper.
    pub fn admin(&self) -> PgConnectOptions {
        self.roles.admin.clone()
    }

    /// Returns the database's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase {
    /// Drops the database, sessions included. What fails here the next sweep finds.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread, because the test's own runtime may be the one that is blocked here.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                let _ = runtime.block_on(drop_database(&server, &name));
            }
        });
        let _ = dropping.join();
    }
}

/// Finds the server once per process, and clears it of what earlier processes left.
async fn server() -> anyhow::Result<PgConnectOptions> {
    static SERVER: OnceCell<PgConnectOptions> = OnceCell::const_new();
    let server = SERVER.get_or_try_init(async || {
        let server = throwaway_server().await?;
        sweep(&server, PREFIX, ABANDONED_AFTER_MINUTES).await?;
        anyhow::Ok(server)
    });
    server.await.cloned()
}

/// Unique among running processes; a copy takes the place of a left-over from a pid's earlier life.
fn next_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}_{number}", process::id())
}
