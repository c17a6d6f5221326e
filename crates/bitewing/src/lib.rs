//! The whole suite in one process, and the command line.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | the commands |
//! | [`client`] | what a clinic does with an installation: documents to patients |
//! | [`installation`] | a development installation: its Postgres, databases, secrets and storage |
//! | [`suite`] | the services in one process, each on its own port exactly as when deployed |
//! | [`demo`] | a chain, and the main job performed with a real document |
#![expect(clippy::print_stdout, reason = "this is a command-line program")]

pub mod cli;
mod client;
pub mod demo;
pub mod installation;
pub mod suite;
