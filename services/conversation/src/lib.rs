//! Clinics, channel accounts, messages and their dispatch to providers.
//!
//! | folder | holds |
//! |---|---|
//! | `grpc/` | one file per RPC: decode, authorize, transact, encode |
//! | `domain/` | clinics, accounts and messages that cannot be wrong; the state machine of sending |
//! | `store/` | one file per table |
//! | `dispatch/` | the job that brings one message one step further |
//! | `provider/` | who carries messages: one trait, the sandbox, HTTP gateways, mail servers, Twilio |
//! | `webhook/` | what providers call back |
//! | `feeds/` | what is learned from other services' events |
//! | `sandbox/` | the page that looks like patients' phones and mailboxes, in development |

mod config;
mod dispatch;
mod domain;
mod error;
mod feeds;
mod grpc;
mod provider;
mod sandbox;
mod store;
mod upkeep;
mod webhook;

pub use config::{Config, Sending};
pub use domain::Backoff;
pub use provider::{NotCertificates, Trust};

use bitewing_guard_desk::Desk;
use bitewing_runtime::{Background, Base, Offer, Profile};
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The service's migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Everything outside the service.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Database, clock, ids, keys, peers.
    pub base: Base,
    /// How messages leave.
    pub sending: Sending,
    /// Where the world reaches the gateway: providers call back there.
    pub public_url: Url,
    /// Whose certificates mail servers may show.
    pub trust: Trust,
    /// Reads what people write to patients before it leaves.
    pub guard: Desk,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
            sending: config.sending,
            public_url: config.public_url.clone(),
            trust: config.trust.clone(),
            guard: Desk::new(config.dictionaries.clone()),
        })
    }

    fn hooks(&self) -> webhook::Hooks {
        webhook::Hooks::new(self.public_url.clone(), self.base.pepper.clone())
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
    let ring = (deps.base.profile == Profile::Development)
        .then(|| sandbox::Ring::new(deps.base.ids.next()));
    if let Some(ring) = &ring {
        offer.http = sandbox::routes(ring.clone());
    }
    let providers = provider::Providers::new(&deps, ring)?;
    grpc::Api::new(&deps, providers.clone()).offer(&mut offer);
    let (policies, guard) = (feeds::template_consumer(&deps.base), deps.guard.clone());
    offer
        .background
        .push(Background::new(async move |stop| policies.run(stop).await));
    offer.background.push(Background::new(async move |stop| {
        stop.run_until_cancelled(guard.warm()).await;
        stop.cancelled().await;
    }));
    let sender = dispatch::Sender::new(&deps, providers);
    let worker = dispatch::worker(&deps, sender);
    let db = deps.base.db.clone();
    offer
        .background
        .push(Background::new(async move |stop| worker.run(stop).await));
    offer.background.push(Background::new(async move |stop| {
        upkeep::run(&db, &stop).await;
    }));
    bitewing_runtime::serve(deps.base, &MIGRATOR, offer, listener, stop).await
}

impl Store {
    fn of(base: &Base) -> Self {
        Self {
            db: base.db.clone(),
            keyring: Arc::clone(&base.keyring),
            pepper: base.pepper.clone(),
        }
    }
}
