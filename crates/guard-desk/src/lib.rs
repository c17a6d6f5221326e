//! The message guard as services use it: texts are judged off the async threads, policies are merged once per
//! change, verdicts explain themselves in the reader's language.
//!
//! | module | holds |
//! |---|---|
//! | [`desk`] | [`Desk`]: where a service hands texts in |
//! | [`policies`] | [`Policies`]: merged policies by organization, clinic and version |
//! | [`read`] | requests into what the guard is given |
//! | [`wire`] | verdicts and analyses as they are answered |
//! | [`explain`] | what a finding means, in six languages |
//! | [`writer`] | what somebody may write, and whose approval or override counts |

pub mod desk;
pub mod explain;
mod metrics;
pub mod policies;
pub mod read;
pub mod wire;
pub mod writer;

pub use desk::{Busy, Desk, Question};
pub use policies::{Layers, Policies, PolicyKey};
