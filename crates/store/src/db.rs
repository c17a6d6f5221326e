//! The database of one service: two pools, and the doors into it.

use crate::metrics::Metrics;
use crate::signal::Signals;
use crate::{Keyring, StoreError, Tx, WorkerTx};
use bitewing_auth::Scope;
use bitewing_core::{Clock, Ids};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgPool, Postgres, SqlSafeStr, SqlStr, Transaction,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How long a request waits for a connection before the answer is "unavailable".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a connection is trusted unasked after its last use: under load nobody waits for a ping,
/// and after a restart of the server only the few requests of that moment fail.
const FRESH: Duration = Duration::from_secs(1);

/// Undoes a transaction that sqlx does not know of on a connection that goes back to its pool: 0.9.0
/// forgets the one that a cancelled `begin()` left open (transact-rs/sqlx#4385). Beginning one first
/// keeps Postgres from warning about every clean connection.
const LEAVE_NOTHING_OPEN: &str = "BEGIN; ROLLBACK";

/// What a [`Db`] is made of.
#[expect(
    missing_debug_implementations,
    reason = "connection options hold passwords"
)]
pub struct DbOptions {
    /// The login that serves requests, a member of `bitewing_app`.
    pub app: PgConnectOptions,
    /// The login that scans queues, a member of `bitewing_worker`.
    pub worker: PgConnectOptions,
    /// Connections per pool: two to four per core of the server, over all its clients.
    pub max_connections: u32,
    /// Makes identifiers.
    pub ids: Arc<dyn Ids>,
    /// Tells the time that is stored; what is due is told by the database's clock.
    pub clock: Arc<dyn Clock>,
    /// Seals what must not rest in clear.
    pub keyring: Arc<Keyring>,
}

/// A service's database. Cloning is cheap; no connection can be had but inside a transaction.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    app: PgPool,
    worker: PgPool,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
    keyring: Arc<Keyring>,
    signals: Signals,
    metrics: Metrics,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("app", &self.0.app.size())
            .finish_non_exhaustive()
    }
}

impl Db {
    /// Prepares both pools. Nothing connects before it is needed, so a service starts, and answers
    /// "unavailable", while its database is down.
    ///
    /// Must be called inside a tokio runtime.
    pub fn new(options: DbOptions) -> Self {
        Self(Arc::new(Inner {
            app: pool(options.app, options.max_connections),
            worker: pool(options.worker, options.max_connections),
            ids: options.ids,
            clock: options.clock,
            keyring: options.keyring,
            signals: Signals::default(),
            metrics: Metrics::new(),
        }))
    }

    /// Opens a transaction on one organization's rows.
    pub async fn begin(&self, scope: &Scope) -> Result<Tx, StoreError> {
        let organization = scope.organization();
        let begin = format!(
            "BEGIN; SET LOCAL app.organization = '{}'; {}",
            organization.uuid().as_hyphenated(),
            Self::LIMITS
        );
        let inner = shielded(self.0.app.clone(), AssertSqlSafe(begin).into_sql_str()).await?;
        Ok(Tx::new(inner, self.clone(), organization))
    }

    /// Opens a transaction of the worker role: queues, leases and cursors of all organizations, and
    /// nothing about patients.
    pub async fn begin_worker(&self) -> Result<WorkerTx, StoreError> {
        let begin = "BEGIN".into_sql_str();
        Ok(WorkerTx::new(shielded(self.0.worker.clone(), begin).await?))
    }

    /// A statement, and a silence between two, may not outlast [`Tx::MAX_AGE`], whatever the role's
    /// own settings: a forgotten transaction holds back vacuum and every consumer of the feed.
    const LIMITS: &str = "SET LOCAL statement_timeout = '10s'; \
                          SET LOCAL idle_in_transaction_session_timeout = '10s'";

    /// Makes identifiers.
    pub fn ids(&self) -> &dyn Ids {
        &*self.0.ids
    }

    /// Tells the time.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Seals and opens.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// Closes both pools, waiting for what is borrowed.
    pub async fn close(&self) {
        self.0.app.close().await;
        self.0.worker.close().await;
    }

    pub(crate) fn app_pool(&self) -> &PgPool {
        &self.0.app
    }

    pub(crate) fn worker_pool(&self) -> &PgPool {
        &self.0.worker
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.0.signals
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}

/// Begins in a task of its own. A caller that is cancelled meanwhile leaves a whole transaction behind,
/// which is undone; cancelled itself, a begin costs the connection or leaks the transaction.
async fn shielded(
    pool: PgPool,
    begin: SqlStr,
) -> Result<Transaction<'static, Postgres>, StoreError> {
    let begun = tokio::spawn(async move { pool.begin_with(begin).await });
    // The task neither panics nor is aborted while the runtime lives.
    begun
        .await
        .map_err(|_| StoreError::Unavailable)?
        .map_err(StoreError::from)
}

fn pool(options: PgConnectOptions, max_connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move {
                if usage.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                connection
                    .execute(sqlx::raw_sql(LEAVE_NOTHING_OPEN))
                    .await?;
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests;
