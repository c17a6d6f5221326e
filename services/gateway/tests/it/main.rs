//! The gateway over real Postgres, called through its public port, with fakes behind it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod api_clients;
mod audit;
mod edge_pages;
mod events;
mod fake;
mod forwarding;
mod grpc_web;
mod harness;
mod hooks;
mod json;
mod limits;
mod list_users;
mod oauth;
mod organizations;
mod refusals;
mod sessions;
mod stopping;
mod users;
