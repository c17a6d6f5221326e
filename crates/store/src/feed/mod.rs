//! Events between services: what was emitted here, in positions a consumer can follow, and the
//! consumer that turns a peer's events into effects exactly once.

mod consumer;
mod dead;
mod event;
mod inbox;
mod pull;
mod sequencer;

pub use consumer::{Consumer, ConsumerOptions, Pass, PassError};
pub use dead::DeadEvent;
pub use event::{EventError, EventHandler, EventSource, FeedEvent, SourceError};
pub use sequencer::Sequencer;
