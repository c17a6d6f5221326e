//! Real servers, started and killed.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its world has failed"
)]

mod cluster;
mod harness;
mod provision;
mod sweep;
mod template;
