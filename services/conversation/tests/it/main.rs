//! The service over real Postgres and real gRPC, with a fake template service and stub providers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account_settings;
mod audit;
mod channel_accounts;
mod clinic_logos;
mod clinics;
mod crash;
mod expiry;
mod faults;
mod guarded;
mod harness;
mod messages;
mod policies;
mod resolve_message;
mod sandbox;
mod secrecy;
mod send_transactional;
mod smtp;
mod templates;
mod test_channel_account;
mod twilio;
mod two_workers;
mod update_channel_account;
mod upkeep;
