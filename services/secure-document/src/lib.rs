//! Documents, links, one-time codes and the pages patients see.
//!
//! | folder | holds |
//! |---|---|
//! | `grpc/` | one file per RPC: decode, authorize, transact, encode |
//! | `http/` | bytes of staff: uploads (tus 1.0) and downloads (Range) |
//! | `pages/` | the page patients see, and what it asks |
//! | `recipient/` | the patient's part, whoever carries it |
//! | `transfer/` | bytes on their way in and out |
//! | `domain/` | types that cannot be wrong, framing and encryption of documents |
//! | `store/` | one file per table |
//! | `blob/` | where ciphertext lies |
//! | `jobs/` | what is done later: sending, checking, ending |
//! | `peers/` | the services it asks |
//! | `feeds/` | what is learned from other services' events |

pub mod blob;
mod config;
pub mod domain;
mod error;
mod feeds;
mod grpc;
mod http;
mod jobs;
pub mod pages;
mod peers;
mod recipient;
mod store;
mod transfer;
mod vault;

pub use config::Config;
pub use domain::code_policy::{CodeStop, CodeStops, NotAStop};
pub use jobs::sweep::Swept;

use crate::blob::{BlobStore, Buffers};
use crate::vault::Vault;
use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{Background, Base, Offer};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The service's migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Everything outside the service.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Database, clock, ids, keys, peers.
    pub base: Base,
    /// Where ciphertext lies.
    pub blobs: BlobStore,
    /// How much of uploads may be in memory at once.
    pub buffers: Buffers,
    /// Where patients reach the pages.
    pub public_url: PublicUrl,
    /// Where no codes go, whatever organizations say.
    pub stopped_codes: CodeStops,
    /// How long a transfer may stand still before it is given up.
    pub patience: Duration,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
            blobs: BlobStore::local(&config.storage_dir)?,
            buffers: Buffers::new(config.buffers),
            public_url: config.public_url.clone(),
            stopped_codes: config.stopped_codes.clone(),
            patience: config.patience,
        })
    }
}

/// Listens and serves until `stop`.
pub async fn start(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.service.listen).await?;
    serve(Deps::connect(&config)?, listener, stop).await
}

/// Serves on a listener until `stop`.
pub async fn serve(
    deps: Deps,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let vault = Vault::new(&deps);
    let mut offer = Offer::default();
    grpc::Api::new(vault.clone()).offer(&mut offer);
    offer.http = http::routes(vault.clone()).merge(pages::routes(vault.clone()));
    for consumer in feeds::consumers(&deps.base) {
        offer
            .background
            .push(Background::new(async move |stop| consumer.run(stop).await));
    }
    let worker = jobs::worker(&vault);
    offer
        .background
        .push(Background::new(async move |stop| worker.run(stop).await));
    offer.background.push(Background::new(async move |stop| {
        jobs::sweep::run(vault, stop).await;
    }));
    bitewing_runtime::serve(deps.base, &MIGRATOR, offer, listener, stop).await
}

/// Looks once after what no request and no job does: parts nobody knows, rows sealed under an older
/// key. The service does so every hour by itself.
pub async fn sweep(deps: &Deps) -> anyhow::Result<Swept> {
    Ok(jobs::sweep::sweep(&Vault::new(deps)).await?)
}
