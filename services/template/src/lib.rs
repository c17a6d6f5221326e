//! What clinics say: templates and their rendering.
//!
//! | folder | holds |
//! |---|---|
//! | `grpc/` | one file per RPC: decode, authorize, transact, encode |
//! | `domain/` | wordings that cannot be wrong, the library, rendering |
//! | `store/` | one file per table |
//! | `../library/` | the wordings that come with the product |

mod config;
mod domain;
mod error;
mod grpc;
mod store;

pub use config::Config;

use bitewing_runtime::{Base, Offer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The service's migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Everything outside the service.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Database, clock, ids, keys, peers.
    pub base: Base,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
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
    bitewing_runtime::serve(deps.base, &MIGRATOR, offer, listener, stop).await
}
