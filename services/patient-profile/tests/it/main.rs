//! The service over real Postgres and real gRPC.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audit;
mod bad_input;
mod bounces;
mod callers;
mod consents;
mod contact_points;
mod create_patient;
mod delete_patient;
mod erase_patient;
mod export_patient;
mod guides;
mod harness;
mod hostile;
mod import_fhir;
mod import_permissions;
mod imports;
mod keyword_table;
mod list_patients;
mod merge_patients;
mod plans;
mod preferences;
mod profile_fields;
mod search_patients;
mod snapshots;
mod unchanged_rows;
mod update_patient;
mod upsert_patient;
mod visibility;
mod visits;
