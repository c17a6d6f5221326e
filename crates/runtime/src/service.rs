//! A service until told to stop.

use crate::{Base, feed, ops};
use anyhow::Context as _;
use axum::Router;
use bitewing_rpc::server;
use bitewing_store::SelfCheckError;
use sqlx::migrate::Migrator;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::service::{Routes, RoutesBuilder};

/// A loop beside the requests: a worker, a consumer, a sealer. It ends when the token is cancelled.
pub struct Background(Box<dyn FnOnce(CancellationToken) -> Running + Send>);

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Background {
    /// Names a loop.
    pub fn new<F>(run: impl FnOnce(CancellationToken) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Box::new(|stop| Box::pin(run(stop))))
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Background")
    }
}

/// What a service offers.
#[derive(Debug, Default)]
pub struct Offer {
    /// Its gRPC services.
    pub grpc: RoutesBuilder,
    /// Its HTTP routes, behind the same layers.
    pub http: Router,
    /// Its loops.
    pub background: Vec<Background>,
}

/// Serves what the service offers, its feed, health and metrics, and runs its loops and those of its
/// store, until `stop`. Then it accepts nothing new, finishes what runs, and returns.
///
/// It refuses to serve with a role that sees more than it should, or over a database that lacks a
/// migration. A database that is down is no reason: the service starts, and says it is not ready.
pub async fn serve(
    base: Base,
    migrator: &Migrator,
    mut offer: Offer,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    match check(&base, migrator).await {
        Err(SelfCheckError::Store(error)) if error.is_transient() => {
            tracing::warn!(service = base.service.name(), %error, "starting without the database");
        }
        checked => checked.with_context(|| format!("the database of {}", base.service))?,
    }
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    offer.grpc.add_service(feed::server(base.db.clone()));
    let guarded = base
        .stack()
        .wrap(offer.grpc.routes().into_axum_router().merge(offer.http));
    let open = Routes::new(health)
        .into_axum_router()
        .reset_fallback()
        .merge(ops::routes(base.clone()));
    let routes = guarded.merge(open);

    let mut loops = JoinSet::new();
    for background in base.store_duties().into_iter().chain(offer.background) {
        loops.spawn((background.0)(stop.clone()));
    }
    let address = listener.local_addr()?;
    tracing::info!(service = base.service.name(), %address, "serving");
    let served = server::serve(routes, listener, stop.clone()).await;
    stop.cancel();
    while let Some(ended) = loops.join_next().await {
        ended?;
    }
    base.db.close().await;
    Ok(served?)
}

async fn check(base: &Base, migrator: &Migrator) -> Result<(), SelfCheckError> {
    base.db.self_check().await?;
    base.db
        .migrated(&[&bitewing_store::MIGRATOR, migrator])
        .await
}
