//! The edge: credentials, sessions, forwarding and transcoding.

pub mod openapi;
pub mod transcode;
