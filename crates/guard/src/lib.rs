//! The corpus of labelled messages the message guard learns from.
//!
//! `corpus/<language>/<label>.jsonl` holds one message a line, grouped by author so that what is learned
//! can be judged on authors it has never read. [`corpus`] reads and checks it.

pub mod corpus;
