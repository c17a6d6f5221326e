//! Start-up of a process: settings, secrets, telemetry, signals, and what all five services share.
//!
//! | module | holds |
//! |---|---|
//! | [`environment`] | [`Environment`]: settings by name, from variables or files |
//! | [`profile`] | [`Profile`]: development runs at once, production refuses what is unsafe |
//! | [`config`] | [`ServiceConfig`]: what every service is told |
//! | [`secrets`] | the secrets a development installation makes for itself |
//! | [`base`] | [`Base`]: database, clock, ids, keys and peers of a running service |
//! | [`service`] | [`serve`]: routes, feed, health, metrics and background duties until told to stop |
//! | [`audit`] | audit trails as services write, list and verify them |
//! | [`idempotent`] | [`Once`]: `request_id` on calls that make or send something |
//! | [`feed`] | a service's feed over gRPC, both ends |
//! | [`page`] | what pages for patients have in common |
//! | [`migrate`] | applying migrations, and refusing to start without them |
//! | [`telemetry`] | logs, traces and metrics |
//! | [`process`] | [`run`]: the one statement of a `main` |

pub mod audit;
pub mod base;
pub mod config;
pub mod environment;
pub mod feed;
pub mod idempotent;
pub mod migrate;
mod ops;
pub mod page;
pub mod process;
pub mod profile;
pub mod secrets;
pub mod service;
pub mod telemetry;

pub use base::Base;
pub use bitewing_postgres as postgres;
pub use config::{DatabaseConfig, ServiceConfig};
pub use environment::{ConfigError, Environment};
pub use idempotent::Once;
pub use process::run;
pub use profile::Profile;
pub use service::{Background, Offer, serve};

/// Large buffers of uploads come and go: what is free goes back to the system, which the allocator of
/// glibc does not do once it has learned their size (244 against 101 MiB after the benchmarks).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
