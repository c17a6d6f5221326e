//! The suite as a process of its own, over a durable Postgres.

use crate::machine::{self, free_address};
use anyhow::{Context as _, bail};
use bitewing::installation::{self, Installation};
use bitewing::suite;
use bitewing_auth::{Caller, Minter, Service, SigningKey};
use bitewing_core::SystemClock;
use bitewing_postgres::{Cluster, ClusterOptions};
use bitewing_runtime::config::prefix;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// The word that makes this program the suite.
pub const ROLE: &str = "suite";
/// Limits no run meets by accident.
const UNLIMITED: &str = "10000000/10000000";

/// Becomes the suite: the services named, or all.
pub fn become_suite(data_dir: PathBuf, services: Vec<Service>) -> ExitCode {
    bitewing_runtime::run("bitewing", async |mut env, stop| {
        let services = if services.is_empty() {
            Service::ALL.to_vec()
        } else {
            services
        };
        let installation = Installation::start(&mut env, &data_dir).await?;
        suite::migrate(&env, &services).await?;
        let served = suite::Suite::bind(env, &services).await?.run(stop).await;
        installation.stop().await?;
        served
    })
}

/// A running suite.
pub struct Suite {
    process: Child,
    addresses: BTreeMap<Service, SocketAddr>,
    public: SocketAddr,
    data_dir: PathBuf,
}

impl Suite {
    /// Starts it in a fresh data directory.
    pub async fn start(
        name: &str,
        services: &[Service],
        settings: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        let data_dir = installation::default_dir(&format!("bench-{name}"))?;
        stop_postgres(&data_dir).await;
        if data_dir.exists() {
            std::fs::remove_dir_all(&data_dir).context("removing the directory of the last run")?;
        }
        std::fs::create_dir_all(&data_dir)?;
        let mut addresses = BTreeMap::new();
        for service in Service::ALL {
            addresses.insert(service, free_address()?);
        }
        let public = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ROLE).arg(&data_dir);
        command.args(services.iter().map(|service| service.name()));
        for (service, address) in &addresses {
            command.env(format!("{}_LISTEN", prefix(*service)), address.to_string());
        }
        for rate in ["CALLER", "ORGANIZATION", "ADDRESS"] {
            command.env(format!("GATEWAY_RATE_PER_{rate}"), UNLIMITED);
        }
        let process = command
            .env("GATEWAY_PUBLIC_LISTEN", public.to_string())
            .env("RUST_LOG", "warn")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(data_dir.join("suite.log"))?)
            .spawn()
            .context("starting the suite")?;
        let mut suite = Self {
            process,
            addresses,
            public,
            data_dir,
        };
        suite.wait_until_ready(services).await?;
        Ok(suite)
    }

    async fn wait_until_ready(&mut self, services: &[Service]) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        for _ in 0..1_200 {
            if let Some(status) = self.process.try_wait()? {
                let log = std::fs::read_to_string(self.data_dir.join("suite.log"))?;
                bail!("the suite ended with {status}: {log}");
            }
            let mut ready = 0;
            for service in services {
                let url = format!("http://{}/readyz", self.addresses[service]);
                let answer = client.get(url).send().await;
                ready += usize::from(answer.is_ok_and(|answer| answer.status().is_success()));
            }
            if ready == services.len() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the suite is not ready after two minutes")
    }

    /// Where the gateway serves everybody, as `http://127.0.0.1:7000`.
    pub fn base(&self) -> String {
        format!("http://{}", self.public)
    }

    /// Where a service listens for the others.
    pub fn address(&self, service: Service) -> SocketAddr {
        self.addresses[&service]
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Its resident memory now, in MiB.
    pub fn memory(&self) -> anyhow::Result<f64> {
        machine::memory(self.pid(), "VmRSS")
    }

    /// A secret of the installation.
    pub fn secret(&self, name: &str) -> anyhow::Result<String> {
        let secrets = std::fs::read(self.data_dir.join("secrets.json"))?;
        let secrets: BTreeMap<String, String> = serde_json::from_slice(&secrets)?;
        secrets
            .get(name)
            .cloned()
            .with_context(|| format!("the installation has no {name}"))
    }

    /// What speaks to services as the gateway does.
    pub fn introducer(&self) -> anyhow::Result<Introducer> {
        let key = self.secret(&format!("{}_WORKLOAD_KEY", prefix(Service::Gateway)))?;
        let minter = Minter::new(
            Service::Gateway,
            SigningKey::parse(&key)?,
            Arc::new(SystemClock),
        );
        Ok(Introducer(minter))
    }

    /// What the gateway shows a service in a caller's name, for 60 seconds.
    pub fn introduction(&self, caller: &Caller, service: Service) -> anyhow::Result<Arc<str>> {
        Ok(self.introducer()?.0.mint(Some(caller), service))
    }

    /// Its Postgres.
    pub async fn postgres(&self) -> anyhow::Result<Cluster> {
        join_postgres(&self.data_dir).await
    }

    /// Ends it, and its Postgres.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid())?), Signal::SIGTERM)?;
        self.process.wait()?;
        stop_postgres(&self.data_dir).await;
        Ok(())
    }
}

/// Speaks to services as the gateway does.
#[derive(Clone)]
pub struct Introducer(Minter);

impl Introducer {
    /// Lets a request speak for a caller, or for nobody.
    pub fn introduce<T>(
        &self,
        request: &mut tonic::Request<T>,
        caller: Option<&Caller>,
        service: Service,
    ) -> anyhow::Result<()> {
        let bearer = format!("Bearer {}", self.0.mint(caller, service));
        request
            .metadata_mut()
            .insert("authorization", bearer.parse()?);
        Ok(())
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        // A run that failed leaves no process behind; one that ended is not there any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn join_postgres(data_dir: &Path) -> anyhow::Result<Cluster> {
    Cluster::start(&ClusterOptions {
        data_dir: data_dir.join("postgres"),
        durable: true,
    })
    .await
}

/// A run that was killed leaves its server behind: the directory is not to be removed under it.
async fn stop_postgres(data_dir: &Path) {
    if data_dir.join("postgres").exists()
        && let Ok(cluster) = join_postgres(data_dir).await
    {
        let _ = cluster.stop().await;
    }
}
