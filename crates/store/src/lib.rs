//! Postgres: the doors to tenant tables, events, jobs, idempotency and audit.
//!
//! | module | holds |
//! |---|---|
//! | [`db`] | [`Db`]: two pools, and the only ways to open a transaction |
//! | [`tx`] | [`Tx`] on one organization's rows, [`WorkerTx`] on queues |
//! | [`self_check`] | what a service refuses to start on |
//! | [`keyring`] | what rests sealed, bound to its row |
//! | [`outbox`] | [`Tx::emit`]: facts, told in the transaction that makes them true |
//! | [`feed`] | positions for facts, and the consumer that gives each one effect |
//! | [`jobs`] | [`Tx::enqueue`]: work for later, and the worker that does it |
//! | [`idempotency`] | [`Tx::recall`]: first answers by request id |
//! | [`audit`] | [`Tx::audit`]: who did what, chained and verifiable |
//! | [`lease`] | work only one process does at a time |
//! | [`maintenance`] | what is pruned and made ahead |
//!
//! Everything lives in the schema `store` of the service's own database, with migrations of its own
//! ([`MIGRATOR`]) that run before the service's. Two group roles must exist: `bitewing_app`, which sees
//! one organization per transaction, and `bitewing_worker`, which sees queues and nothing else. What
//! is due is told by the database's clock; times that are only stored come from [`bitewing_core::Clock`].

pub mod audit;
pub mod db;
mod duty;
pub mod error;
pub mod feed;
pub mod idempotency;
pub mod jobs;
pub mod keyring;
pub mod lease;
pub mod maintenance;
mod metrics;
pub mod outbox;
pub mod self_check;
mod signal;
mod trace;
pub mod tx;

pub use db::{Db, DbOptions};
pub use error::StoreError;
pub use idempotency::{Recall, RequestKey};
pub use keyring::{Aad, Keyring};
pub use lease::Lease;
pub use maintenance::Maintenance;
pub use outbox::Event;
pub use self_check::SelfCheckError;
pub use tx::{Tx, WorkerTx};

/// The schema `store`, run by the database's owner before the service's own migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
