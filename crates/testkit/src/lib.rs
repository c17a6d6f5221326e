//! What tests share.
//!
//! | module | holds |
//! |---|---|
//! | [`clock`] | [`FakeClock`], moved by hand |
//! | [`database`] | [`TestDatabase`], a migrated database of its own for each test |
//! | [`base`] | [`TestBase`], everything a service stands on |
//! | [`caller`] | callers of fresh organizations |
//! | [`provider`] | [`StubProvider`], an HTTP provider with a ledger and faults |

pub mod base;
pub mod caller;
pub mod clock;
pub mod database;
pub mod provider;

pub use base::{TestBase, TestKeys};
pub use caller::TestCaller;
pub use clock::FakeClock;
pub use database::TestDatabase;
pub use provider::StubProvider;
