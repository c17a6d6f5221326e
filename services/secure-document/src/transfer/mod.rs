//! Bytes on their way in and out, whatever protocol carries them.

mod downloads;
mod pace;
mod receipt;
mod receive;

pub(crate) use downloads::Place;
pub(crate) use pace::paced;
pub(crate) use receipt::{Receipt, tracked};
pub(crate) use receive::{Arrived, receive};
