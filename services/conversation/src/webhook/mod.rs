//! What providers call back: paths that name an account and a message, requests that are verified
//! before they are read, and what they change.
//!
//! | file | holds |
//! |---|---|
//! | `hook.rs` | the paths: made for requests, read from callbacks |
//! | `inbound.rs` | a request as it arrived, and its answer |
//! | `signature.rs` | Twilio's signatures |
//! | `desk.rs` | whose request it is, and whether it may be believed |
//! | `twilio.rs` | what Twilio tells of messages and calls |
//! | `keypress.rs` | what is said on a call once a key is pressed |

mod desk;
mod hook;
mod inbound;
mod keypress;
mod metrics;
mod signature;
mod twilio;

pub(crate) use desk::Desk;
pub(crate) use hook::{Hook, Hooks};
pub(crate) use inbound::Inbound;
