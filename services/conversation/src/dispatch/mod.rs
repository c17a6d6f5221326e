//! Sending: the job that brings one message one step further.

mod enqueue;
mod metrics;
mod sender;
mod settle;
mod step;
mod tell;

pub(crate) use enqueue::{enqueue, enqueue_at, hasten};
pub(crate) use sender::{Sender, worker};
pub(crate) use tell::tell;
