//! The same HTTP stack without encryption: writes what comes into a file and syncs it.

use crate::machine::free_address;
use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::patch;
use http_body_util::BodyExt as _;
use reqwest::StatusCode;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

/// The word that makes this program the sink.
pub const ROLE: &str = "sink";

/// A running sink, a process of its own as the suite is.
pub struct Sink {
    process: Child,
    address: SocketAddr,
}

impl Sink {
    /// Writes into a folder.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let process = Command::new(std::env::current_exe()?)
            .arg(ROLE)
            .arg(folder)
            .arg(address.to_string())
            .spawn()
            .context("starting the sink")?;
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(Self { process, address });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the sink does not answer")
    }

    /// Where it takes bytes.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Becomes the sink.
pub fn become_sink(folder: PathBuf, address: SocketAddr) -> ExitCode {
    let served = tokio::runtime::Runtime::new().and_then(|runtime| {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind(address).await?;
            let routes = Router::new()
                .route("/", patch(take))
                .layer(axum::extract::DefaultBodyLimit::disable())
                .with_state(folder);
            axum::serve(listener, routes).await
        })
    });
    if served.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn take(State(folder): State<PathBuf>, body: Body) -> StatusCode {
    match write(folder, body).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn write(folder: PathBuf, mut body: Body) -> anyhow::Result<()> {
    let mut file = File::create(folder.join("sink")).await?;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame?.into_data() {
            file.write_all(&bytes).await?;
        }
    }
    file.sync_all().await?;
    Ok(())
}
