//! JSON over HTTP to gRPC and back, from the `google.api.http` rules of the contracts alone.
//!
//! ```text
//! request  -> Routes::find -> decode -> frame::encode -> service
//! response <- encode_answer / encode_line <- frame::Decoder <- service      failure -> Problem
//! ```
//! Nothing here does I/O and nothing knows a service: a new RPC needs no line of it.

mod access;
mod decode;
mod encode;
mod field_mask;
#[cfg(test)]
pub(crate) mod fixture;
pub mod frame;
mod http_rule;
mod json;
mod message;
mod percent;
mod problem;
mod query;
mod routes;
mod scalar;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod violation;

pub use decode::decode;
pub use encode::{EncodeError, encode};
pub(crate) use message::has_text_form;
pub use problem::Problem;
pub(crate) use routes::BodyRule;
pub use routes::{Match, Miss, Route, RouteError, Routes};
pub use violation::{Reason, Violation, Violations};
