//! A development installation: its Postgres, databases, secrets and storage, all in one directory.

use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_core::SystemEntropy;
use bitewing_runtime::config::prefix;
use bitewing_runtime::postgres::{Cluster, ClusterOptions, default_state_dir, provision};
use bitewing_runtime::{Environment, secrets};
use sqlx::ConnectOptions as _;
use std::path::{Path, PathBuf};

/// The directory used when none is given.
pub fn default_dir(name: &str) -> anyhow::Result<PathBuf> {
    default_state_dir(name)
}

/// A running Postgres with a database per service, and settings that point at it.
#[derive(Debug)]
pub struct Installation {
    cluster: Cluster,
}

impl Installation {
    /// Starts Postgres, makes databases and roles where they are missing, and fills in every setting
    /// that is not set.
    pub async fn start(env: &mut Environment, data_dir: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data_dir)
            .with_context(|| format!("making the data directory {}", data_dir.display()))?;
        let data_dir = data_dir.canonicalize()?;
        let cluster = Cluster::start(&ClusterOptions {
            data_dir: data_dir.join("postgres"),
            durable: true,
        })
        .await
        .context("starting Postgres")?;
        let installation = Self { cluster };
        installation.configure(env, &data_dir).await?;
        Ok(installation)
    }

    async fn configure(&self, env: &mut Environment, data_dir: &Path) -> anyhow::Result<()> {
        for service in Service::ALL {
            let database = provision(&self.cluster.admin(), service.name()).await?;
            let name = prefix(service);
            env.set_default(&format!("{name}_DATABASE_URL"), database.app.to_url_lossy());
            env.set_default(
                &format!("{name}_WORKER_DATABASE_URL"),
                database.worker.to_url_lossy(),
            );
            env.set_default(
                &format!("{name}_OWNER_DATABASE_URL"),
                database.owner.to_url_lossy(),
            );
        }
        secrets::develop(env, data_dir, &SystemEntropy)?;
        let storage = data_dir.join("documents");
        env.set_default("SECURE_DOCUMENT_STORAGE_DIR", storage.to_string_lossy());
        Ok(())
    }

    /// Stops Postgres, if this process started it.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.cluster.stop().await
    }
}
