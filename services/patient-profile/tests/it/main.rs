//! The service over real Postgres and real gRPC.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod bad_input;
mod create_patient;
mod delete_patient;
mod harness;
mod list_patients;
mod update_patient;
mod upsert_patient;
mod visibility;
