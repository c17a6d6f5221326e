//! The shape of every call.
//!
//! | module | holds |
//! |---|---|
//! | [`failure`] | [`Kind`], [`Failure`] and [`status`], the only place a `Status` is made |
//! | [`field`] | parsing of request fields into domain values, with the path of each violation |
//! | [`page`] | authenticated page tokens |
//! | [`access`] | the access rules read from the descriptors, and which service may call which method |
//! | [`call`] | [`Call`], who calls and on which request; [`open`] takes it from a request |
//! | [`peer`] | channels to other services and the requests sent through them |
//! | [`problem`] | failures over HTTP (RFC 9457) |
//! | [`server`] | the layers in front of every service, and the loop that serves |

pub mod access;
pub mod call;
pub mod failure;
pub mod field;
pub mod page;
pub mod peer;
pub mod problem;
pub mod server;

pub use call::{Call, open, open_public, open_service};
pub use failure::{Failure, Kind, Refusal, status};
pub use field::{Fields, Violation};
pub use page::{Filter, PageTokens};
pub use peer::Peer;
pub use server::{Stack, serve};

/// The domain of every `ErrorInfo`.
pub const DOMAIN: &str = "bitewing";
