//! A server that lives in a directory.

use std::fs::File;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::time::sleep;

use crate::layout::Layout;
use crate::postmaster::{self, Found};
use crate::server;
use crate::sql::SUPERUSER;

/// Recovery after a power cut can take a while; a healthy start takes half a second.
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(25);

/// Says where a cluster lives and how much its data matters.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// The directory that holds everything of this cluster; see [`crate::default_state_dir`].
    pub data_dir: PathBuf,
    /// Whether commits survive a power cut. Tests do without, for speed.
    pub durable: bool,
}

/// A running server, reachable through a unix socket only.
///
/// Whoever starts it owns it and stops it, by [`Cluster::stop`] or on drop. A later start on the
/// same directory joins the running server, and becomes its owner only if the first one died
/// without stopping it.
#[derive(Debug)]
pub struct Cluster {
    socket_dir: PathBuf,
    owned: Option<Owned>,
}

/// What the owner holds.
#[derive(Debug)]
struct Owned {
    pid: i32,
    data: PathBuf,
    /// `None` when the server was started by a process that has died.
    child: Option<Child>,
    _lock: File,
}

/// A server that was found or started but may not answer yet.
struct Launched {
    layout: Layout,
    socket_dir: PathBuf,
    pid: i32,
    child: Option<Child>,
    /// Held until the server answers, so that starts on one directory happen one after the other.
    _start_lock: File,
}

impl Cluster {
    /// Starts a server in the directory, or joins the one that runs there.
    ///
    /// Postgres's programs are looked for in `BITEWING_PG_BINDIR`, Debian's place, `PATH` and
    /// Homebrew's; a machine without any gets them installed, which is said in the log. As root the
    /// server runs as user `postgres` or `nobody`.
    pub async fn start(options: &ClusterOptions) -> anyhow::Result<Cluster> {
        let mut launched = loop {
            let options = options.clone();
            let mut launched = tokio::task::spawn_blocking(move || launch(&options))
                .await
                .context("the launcher panicked")??;
            if launched.answers().await? {
                break launched;
            }
        };
        let owner_lock = File::create(launched.layout.owner_lock())?;
        let owned = owner_lock.try_lock().is_ok().then(|| Owned {
            pid: launched.pid,
            data: launched.layout.data(),
            child: launched.child.take(),
            _lock: owner_lock,
        });
        Ok(Cluster {
            socket_dir: launched.socket_dir.clone(),
            owned,
        })
    }

    /// Returns how the superuser connects to the maintenance database.
    pub fn admin(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(5432)
            .username(SUPERUSER)
            .database("postgres")
    }

    /// Tells whether this handle will stop the server.
    pub fn is_owner(&self) -> bool {
        self.owned.is_some()
    }

    /// Leaves the server running after this process, for the next one to join.
    pub fn detach(mut self) {
        self.owned = None;
    }

    /// Stops the server and waits for it, if this handle owns it.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let Some(mut owned) = self.owned.take() else {
            return Ok(());
        };
        postmaster::interrupt(owned.pid)?;
        let deadline = Instant::now() + STOP_LIMIT;
        while owned.runs()? {
            if Instant::now() > deadline {
                bail!("Postgres did not stop within {} s", STOP_LIMIT.as_secs());
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(owned) = &self.owned
            && let Err(error) = postmaster::interrupt(owned.pid)
        {
            tracing::warn!(%error, "cannot stop Postgres");
        }
    }
}

impl Owned {
    fn runs(&mut self) -> anyhow::Result<bool> {
        Ok(match &mut self.child {
            Some(child) => child.try_wait()?.is_none(),
            None => matches!(postmaster::look(&self.data)?, Found::Running(_)),
        })
    }
}

fn launch(options: &ClusterOptions) -> anyhow::Result<Launched> {
    let layout = Layout::open(&options.data_dir)?;
    let start_lock = File::create(layout.start_lock())
        .with_context(|| format!("{} belongs to another user", layout.root().display()))?;
    start_lock.lock()?;
    match postmaster::look(&layout.data()).context("cannot read the data directory")? {
        Found::Running(running) => {
            let socket_dir = running.socket_dir.unwrap_or_else(|| layout.socket_dir());
            let pid = running.pid;
            return Ok(Launched {
                layout,
                socket_dir,
                pid,
                child: None,
                _start_lock: start_lock,
            });
        }
        Found::Stale => server::clear_stale(&layout)?,
        Found::Nobody => {}
    }
    let child = server::spawn(&layout, options.durable)?;
    Ok(Launched {
        socket_dir: layout.socket_dir(),
        pid: i32::try_from(child.id()).context("a pid fits")?,
        child: Some(child),
        layout,
        _start_lock: start_lock,
    })
}

impl Launched {
    /// Connects until the server answers: what answers is ready, whatever its log says.
    ///
    /// Returns false when a server that was found running ends instead: its owner was just
    /// stopping it.
    async fn answers(&mut self) -> anyhow::Result<bool> {
        let probe = Cluster {
            socket_dir: self.socket_dir.clone(),
            owned: None,
        }
        .admin();
        let deadline = Instant::now() + START_LIMIT;
        loop {
            match probe.connect().await {
                Ok(connection) => {
                    connection.close().await?;
                    return Ok(true);
                }
                Err(error) if Instant::now() > deadline => {
                    let tail = server::log_tail(&self.layout);
                    return Err(error)
                        .context(format!("Postgres does not answer; its log:\n{tail}"));
                }
                Err(_) => sleep(POLL).await,
            }
            match &mut self.child {
                Some(child) => {
                    if let Some(status) = child.try_wait()? {
                        let tail = server::log_tail(&self.layout);
                        bail!("Postgres ended at its start ({status}); its log:\n{tail}");
                    }
                }
                None => {
                    if !matches!(postmaster::look(&self.layout.data())?, Found::Running(_)) {
                        return Ok(false);
                    }
                }
            }
        }
    }
}
