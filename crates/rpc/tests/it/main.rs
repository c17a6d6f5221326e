//! The layers in front of every service, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod authenticate;
mod deadline;
mod harness;
mod shield;
