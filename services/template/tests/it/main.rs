//! The service over real Postgres and real gRPC.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod content;
mod create_template;
mod guard;
mod harness;
mod list_templates;
mod own;
mod own_wordings;
mod preview_template;
mod render_batch;
mod render_template;
mod update_template;
mod whats_app;
mod wording_kinds;
mod wordings;
