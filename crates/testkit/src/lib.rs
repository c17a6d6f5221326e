//! What tests share.
//!
//! | module | holds |
//! |---|---|
//! | [`clock`] | [`FakeClock`], moved by hand |
//! | [`database`] | [`TestDatabase`], a migrated database of its own for each test |
//! | [`base`] | [`TestBase`], everything a service stands on |
//! | [`caller`] | callers of fresh organizations |
//! | [`mail`] | [`MailServer`], Python's, that does as it is told |
//! | [`python`] | the Python of tests with clients and servers that are not ours |
//! | [`provider`] | [`StubProvider`], an HTTP provider with a ledger and faults |
//! | [`twilio`] | [`StubTwilio`], a stand-in for Twilio |

pub mod base;
pub mod caller;
pub mod clock;
pub mod database;
pub mod mail;
pub mod provider;
pub mod python;
pub mod twilio;

pub use base::{TestBase, TestKeys};
pub use caller::TestCaller;
pub use clock::FakeClock;
pub use database::TestDatabase;
pub use mail::MailServer;
pub use provider::StubProvider;
pub use twilio::StubTwilio;
