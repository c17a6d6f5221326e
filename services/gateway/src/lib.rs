//! The edge, and who may pass it: organizations, API clients, staff, tokens and the merged feed.
//!
//! | folder | holds |
//! |---|---|
//! | `edge/` | the public port: admission, limits, forwarding of gRPC, gRPC-Web, JSON and pages |
//! | [`transcode`] | JSON to gRPC and back, from the contracts alone |
//! | [`openapi`] | the description of the JSON API and the page that shows it |
//! | `oauth/` | `/oauth2/*` and `/.well-known/*` |
//! | `access_token/` | JWTs: signed, read, revoked |
//! | `grpc/` | `bitewing.identity.v1`, one file per RPC: decode, authorize, transact, encode |
//! | `domain/` | organizations, clients, staff and sessions that cannot be wrong |
//! | `store/` | one file per table |
//! | `feeds/` | the feeds of all services, merged, and those who watch |
//!
//! Two listeners: the public one of the edge, and the internal one every service has. The edge calls
//! the internal one of its own service as it calls any other.

mod access_token;
mod config;
mod domain;
mod edge;
mod error;
mod feeds;
mod grpc;
mod oauth;
pub mod openapi;
mod session_tokens;
mod store;
pub mod transcode;

pub use access_token::TokenKeys;
pub use config::{Config, EdgeConfig, Rates};
pub use edge::{Cidr, Rate};

use access_token::{AccessTokens, Denied};
use bitewing_runtime::{Background, Base, Offer};
use feeds::{Hub, Pruning};
use grpc::Api;
use oauth::OAuth;
use session_tokens::Sessions;
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The service's migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Everything outside the service.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Deps {
    /// Database, clock, ids, keys, peers.
    pub base: Base,
    /// What the edge is told.
    pub edge: EdgeConfig,
}

impl Deps {
    /// The real ones.
    pub fn connect(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            base: Base::new(&config.service)?,
            edge: config.edge.clone(),
        })
    }
}

/// Where the service listens.
#[derive(Debug)]
pub struct Listeners {
    /// For the other services.
    pub internal: TcpListener,
    /// For the world.
    pub public: TcpListener,
}

/// Listens and serves until `stop`.
pub async fn start(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let listeners = Listeners {
        internal: TcpListener::bind(config.service.listen).await?,
        public: TcpListener::bind(config.public_listen).await?,
    };
    serve(Deps::connect(&config)?, listeners, stop).await
}

/// Serves on listeners until `stop`; the first of the two that ends ends both.
pub async fn serve(
    deps: Deps,
    listeners: Listeners,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Deps { base, edge: config } = deps;
    let store = Store {
        db: base.db.clone(),
    };
    let tokens = AccessTokens::new(
        &config.public_url,
        config.token_keys.clone(),
        Arc::clone(&base.clock),
        Arc::clone(&base.ids),
    )
    .remembering(config.token_cache);
    let (hub, denied) = (Hub::new(base.db.clone()), Denied::new(base.db.clone()));
    denied.hasten().await;
    let sessions = Sessions::new(base.clone(), store.clone(), tokens.clone(), denied.clone());

    let oauth = OAuth {
        base: base.clone(),
        store: store.clone(),
        sessions: sessions.clone(),
        tokens: tokens.clone(),
        denied: denied.clone(),
        operator_secret: config.operator_secret.clone().map(Arc::new),
    };
    let hooks = edge::Hooks::new(&base, &config.public_url);
    let (routes, limits) = edge::routes(
        &base,
        &config,
        tokens,
        denied.clone(),
        hooks.clone(),
        oauth.routes(),
    )?;
    let relay = edge::relay(&base, hooks);
    let api = Api {
        base: base.clone(),
        store,
        sessions,
        denied: denied.clone(),
        hub: hub.clone(),
        stop: stop.clone(),
    };
    let mut offer = Offer::default();
    api.offer(&mut offer);
    let pruning = Pruning::new(base.db.clone(), config.event_days);
    for consumer in feeds::consumers(&base, &hub) {
        offer
            .background
            .push(Background::new(async move |stop| consumer.run(stop).await));
    }
    offer
        .background
        .push(Background::new(async move |stop| denied.run(stop).await));
    offer
        .background
        .push(Background::new(async move |stop| hub.run(stop).await));
    offer
        .background
        .push(Background::new(async move |stop| pruning.run(stop).await));
    offer
        .background
        .push(Background::new(async move |stop| limits.run(stop).await));

    offer
        .background
        .push(Background::new(async move |stop| relay.run(stop).await));

    let address = listeners.public.local_addr()?;
    tracing::info!(service = base.service.name(), %address, "serving the public port");
    // The public port drains first: what it still forwards finds this service as well.
    let drained = CancellationToken::new();
    let public = async {
        let served = bitewing_rpc::serve(routes, listeners.public, stop.clone()).await;
        drained.cancel();
        served
    };
    let internal = async {
        let served =
            bitewing_runtime::serve(base, &MIGRATOR, offer, listeners.internal, drained.clone())
                .await;
        stop.cancel();
        served
    };
    let (public, internal) = tokio::join!(public, internal);
    public?;
    internal
}
