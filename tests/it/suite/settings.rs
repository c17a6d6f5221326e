//! Five databases, fresh secrets, and the variables that name them.

use bitewing::suite::migrator;
use bitewing_auth::Service;
use bitewing_core::SystemEntropy;
use bitewing_runtime::config::prefix;
use bitewing_runtime::{Environment, secrets};
use bitewing_testkit::TestDatabase;
use sqlx::ConnectOptions as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A migrated database for each service.
pub(crate) struct Databases(BTreeMap<Service, TestDatabase>);

impl Databases {
    async fn create() -> Self {
        let mut databases = BTreeMap::new();
        for service in Service::ALL {
            let migrators = [&bitewing_store::MIGRATOR, migrator(service)];
            databases.insert(
                service,
                TestDatabase::create(service.name(), &migrators).await,
            );
        }
        Self(databases)
    }

    /// The database of a service.
    pub(crate) fn of(&self, service: Service) -> &TestDatabase {
        &self.0[&service]
    }
}

/// A directory that ends with its holder.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("bitewing-tests-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's cleaning of its temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a suite is told, and what it stands on.
pub(crate) struct Settings {
    variables: BTreeMap<String, String>,
    pub(crate) databases: Databases,
    /// Removed with the settings.
    _scratch: Scratch,
}

impl Settings {
    /// Fresh databases and secrets, any free port, and limits that no test meets by accident.
    pub(crate) async fn fresh() -> Self {
        let scratch = Scratch::new();
        let databases = Databases::create().await;
        secrets::develop(&mut Environment::default(), scratch.path(), &SystemEntropy).unwrap();
        let kept = std::fs::read(scratch.path().join("secrets.json")).unwrap();
        let mut variables: BTreeMap<String, String> = serde_json::from_slice(&kept).unwrap();
        for service in Service::ALL {
            let (name, database) = (prefix(service), databases.of(service));
            variables.extend([
                (
                    format!("{name}_DATABASE_URL"),
                    database.app().to_url_lossy().to_string(),
                ),
                (
                    format!("{name}_WORKER_DATABASE_URL"),
                    database.worker().to_url_lossy().to_string(),
                ),
                (
                    format!("{name}_OWNER_DATABASE_URL"),
                    database.owner().to_url_lossy().to_string(),
                ),
                (format!("{name}_DATABASE_CONNECTIONS"), "5".to_owned()),
                (format!("{name}_LISTEN"), "127.0.0.1:0".to_owned()),
            ]);
        }
        let storage = scratch.path().join("documents");
        let settings = Self {
            variables,
            databases,
            _scratch: scratch,
        };
        settings
            .with("GATEWAY_PUBLIC_LISTEN", "127.0.0.1:0")
            .with("GATEWAY_RATE_PER_CALLER", "100000/100000")
            .with("GATEWAY_RATE_PER_ORGANIZATION", "100000/100000")
            .with("GATEWAY_RATE_PER_ADDRESS", "100000/100000")
            .with("GATEWAY_TRUSTED_PROXIES", "127.0.0.1")
            .with("SECURE_DOCUMENT_STORAGE_DIR", &storage.to_string_lossy())
    }

    /// Sets a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable that is set.
    pub(crate) fn get(&self, name: &str) -> &str {
        &self.variables[name]
    }

    /// All of them, for a child process.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&String, &String)> {
        self.variables.iter()
    }

    /// All of them, for this process.
    pub(crate) fn environment(&self) -> Environment {
        self.variables
            .iter()
            .fold(Environment::default(), |env, (name, value)| {
                env.with(name, value)
            })
    }
}
