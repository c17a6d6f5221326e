//! Bytes on their way in and out, whatever protocol carries them.

mod downloads;
mod receipt;
mod receive;

pub(crate) use downloads::{Downloads, Place};
pub(crate) use receipt::{Receipt, tracked};
pub(crate) use receive::{Arrived, receive};
