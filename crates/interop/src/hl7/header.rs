//! MSH: who sends what, and whether that is taken at all.

use super::message::Message;
use super::{Fault, code};

/// What a message says of itself, and what its answer repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// MSH-3, the program.
    pub application: String,
    /// MSH-4, the place.
    pub facility: String,
    /// MSH-5 and MSH-6: who it is for.
    pub receiver: (String, String),
    /// MSH-7.
    pub time: String,
    /// MSH-9.1, as `ADT`.
    pub kind: String,
    /// MSH-9.2, as `A04`.
    pub event: String,
    /// MSH-10: the message's name at its sender.
    pub control_id: String,
    /// MSH-11, as `P`.
    pub processing: String,
    /// MSH-12, as `2.5.1`.
    pub version: String,
}

/// The longest control id that is kept (2.9: 20 characters until v2.6, 199 from then on).
const LONGEST_ID: usize = 199;

impl Header {
    /// Reads it, whatever it says.
    pub fn of(message: &Message) -> Self {
        let Some(msh) = message.segment("MSH") else {
            return Self::default();
        };
        let text = |number: usize| {
            let text = msh.field(number).component(1).first().text();
            text.chars().take(LONGEST_ID).collect::<String>()
        };
        Self {
            application: text(3),
            facility: text(4),
            receiver: (text(5), text(6)),
            time: text(7),
            kind: text(9),
            event: msh.field(9).component(2).text().chars().take(8).collect(),
            control_id: text(10),
            processing: text(11),
            version: text(12),
        }
    }

    /// Whether a message like this is taken: for production, of version 2, with a name.
    pub fn check(&self) -> Result<(), Fault> {
        if self.control_id.is_empty() {
            return Err(Fault::new(code::REQUIRED, "MSH-10", "must be given"));
        }
        if self.processing != "P" {
            return Err(Fault::new(
                code::PROCESSING,
                "MSH-11",
                "must be P, for production",
            ));
        }
        if !self.version.starts_with("2.") {
            return Err(Fault::new(code::VERSION, "MSH-12", "must be a version 2"));
        }
        Ok(())
    }
}
