//! The edge: credentials, sessions, forwarding and transcoding.
