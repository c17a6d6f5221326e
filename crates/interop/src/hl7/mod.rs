//! HL7 v2 (v2.5.1 chapters 2, 3 and 10): what becomes of patients and visits, from files and over MLLP.
//!
//! | module | holds |
//! |---|---|
//! | [`message`] | segments, fields, components, escapes, in the delimiters a message declares |
//! | [`charset`] | the letters a message declares |
//! | [`frame`], [`file`] | messages out of a connection and out of a file |
//! | [`header`] | MSH: who sends what, and whether that is taken |
//! | [`event`] | what a message comes to: ADT A01, A04, A05, A08, A28, A31, A40 and SIU S12 to S26 |
//! | [`ack`] | the answer |
//!
//! An empty field leaves what is known, `""` takes it away.

pub mod ack;
pub mod charset;
pub mod event;
pub mod file;
pub mod frame;
pub mod header;
pub mod message;
mod patient;
mod telecom;
mod time;
mod visit;

pub use ack::{Code, answer};
pub use event::{Options, read};
pub use header::Header;
pub use message::Message;

use crate::Problem;

/// Why a message is not taken, with its number in HL7 table 0357.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, and what.
    pub problem: Problem,
    /// As 101, a required field is missing.
    pub code: u16,
}

/// Codes of table 0357.
pub mod code {
    /// A segment is missing.
    pub const SEGMENT: u16 = 100;
    /// A required field is missing.
    pub const REQUIRED: u16 = 101;
    /// A field holds what its type does not allow.
    pub const TYPE: u16 = 102;
    /// A value is not in its table.
    pub const TABLE: u16 = 103;
    /// Nobody takes messages of this type.
    pub const MESSAGE_TYPE: u16 = 200;
    /// Nor of this event.
    pub const EVENT: u16 = 201;
    /// Nor for this kind of processing.
    pub const PROCESSING: u16 = 202;
    /// Nor of this version.
    pub const VERSION: u16 = 203;
    /// What it names is not there.
    pub const UNKNOWN_KEY: u16 = 204;
    /// The message was sent before, with other content.
    pub const DUPLICATE_KEY: u16 = 205;
    /// Not the message's fault.
    pub const INTERNAL: u16 = 207;
}

impl Fault {
    /// A fault at a place.
    pub fn new(code: u16, path: impl Into<String>, text: &'static str) -> Self {
        Self {
            problem: Problem::new(path, text),
            code,
        }
    }
}
