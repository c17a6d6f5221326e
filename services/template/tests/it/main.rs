//! The service over real Postgres and real gRPC.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod create_template;
mod harness;
mod list_templates;
mod preview_template;
mod render_template;
mod update_template;
mod wordings;
