//! The clinics' memory: patients and how to reach them.
//!
//! | folder | holds |
//! |---|---|
//! | `grpc/` | one file per RPC: decode, authorize, transact, encode |
//! | `domain/` | patients that cannot be wrong, and the rules about them |
//! | `store/` | one file per table |
//! | `pages/` | the preference centre |
//! | `feeds/` | what is learned from other services' events |
//! | `jobs/` | what is done later |

mod config;
mod domain;
mod error;
mod feeds;
mod grpc;
mod jobs;
mod pages;
mod store;

pub use config::Config;

use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{Background, Base, Offer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The service's migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Everything outside the service.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Database, clock, ids, keys, peers.
    pub base: Base,
    /// Where patients reach the preference centre.
    pub public_url: PublicUrl,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
            public_url: config.public_url.clone(),
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
    let api = grpc::Api::new(&deps);
    let mut offer = Offer::default();
    api.offer(&mut offer);
    for consumer in feeds::consumers(&deps.base) {
        offer
            .background
            .push(Background::new(async move |stop| consumer.run(stop).await));
    }
    let worker = jobs::worker(&deps.base);
    offer
        .background
        .push(Background::new(async move |stop| worker.run(stop).await));
    bitewing_runtime::serve(deps.base, &MIGRATOR, offer, listener, stop).await
}
