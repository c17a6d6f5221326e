//! The service over real Postgres, real gRPC and real HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod audit;
mod bad_input;
mod codes;
mod correct_recipient;
mod create_link;
mod database;
mod delete_document;
mod downloads;
mod guessing;
mod harness;
mod holder;
mod limits;
mod link_life;
mod lists;
mod logos;
mod pages;
mod peers;
mod receipts;
mod secrets;
mod sessions;
mod staff;
mod sweep;
mod timing;
mod transfers;
mod uploads;
