//! What clinics say: templates and their rendering.
//!
//! | folder | holds |
//! |---|---|
//! | `grpc/` | one file per RPC: decode, authorize, transact, encode |
//! | `domain/` | wordings that cannot be wrong, the library, rendering |
//! | `pages/` | the library as a page |
//! | `store/` | one file per table |
//! | `../library/` | the wordings that come with the product |

mod config;
mod domain;
mod error;
mod grpc;
mod guard_page;
mod pages;
#[doc(hidden)]
pub mod probe;
mod store;
mod upkeep;

pub use config::Config;

use bitewing_guard_desk::Desk;
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
    /// Where staff reach the library page.
    pub public_url: PublicUrl,
    /// Reads what is to be judged.
    pub guard: Desk,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
            public_url: config.public_url.clone(),
            guard: Desk::new(config.dictionaries.clone()),
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
    let mut offer = Offer::default();
    grpc::Api::new(&deps).offer(&mut offer);
    offer.http = pages::routes(deps.public_url.clone());
    grpc::GuardApi::new(&deps).offer(&mut offer);
    offer.http = std::mem::take(&mut offer.http).merge(guard_page::routes(deps.public_url.clone()));
    let (guard, db) = (deps.guard.clone(), deps.base.db.clone());
    offer.background.push(Background::new(async move |stop| {
        stop.run_until_cancelled(guard.warm()).await;
        stop.cancelled().await;
    }));
    offer.background.push(Background::new(async move |stop| {
        upkeep::run(&db, &stop).await;
    }));
    bitewing_runtime::serve(deps.base, &MIGRATOR, offer, listener, stop).await
}
