//! The store on a real Postgres, as the application and worker roles.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at, and tamper with, tables the checked macros do not know"
)]

mod audit;
mod cancellation;
mod consumer;
mod doors;
mod feed;
mod harness;
mod idempotency;
mod jobs;
mod lease;
mod maintenance;
mod race;
mod restore;
mod self_check;
