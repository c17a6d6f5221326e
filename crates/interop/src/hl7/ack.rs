//! The answer to a message (2.9.2, original mode): MSH, MSA, and an ERR for everything that is wrong.

use super::{Fault, Header};
use std::fmt::Write as _;

/// What became of a message (table 0008).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It is stored.
    Accept,
    /// It is wrong, and will be the next time.
    Error,
    /// It is not taken, for what it is or because of what goes on here; sent again later it may be.
    Reject,
}

impl Code {
    /// As `AA`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Accept => "AA",
            Self::Error => "AE",
            Self::Reject => "AR",
        }
    }

    /// What faults come to: those of the header reject, others are errors.
    pub fn of(faults: &[Fault]) -> Self {
        match faults {
            [] => Self::Accept,
            faults
                if faults
                    .iter()
                    .any(|fault| matches!(fault.code, 200..=203 | 207)) =>
            {
                Self::Reject
            }
            _ => Self::Error,
        }
    }
}

/// How many faults an answer names at most.
const MOST: usize = 20;

/// The answer, in the usual delimiters and UTF-8. `time` is as `20260710120000+0000`, `id` the answer's own name.
pub fn answer(to: &Header, code: Code, faults: &[Fault], time: &str, id: &str) -> String {
    let escaped = |text: &str| escape(text);
    let event = if to.event.is_empty() {
        "ACK".to_owned()
    } else {
        format!("ACK^{}^ACK", escaped(&to.event))
    };
    let processing = if matches!(to.processing.as_str(), "P" | "T" | "D") {
        to.processing.as_str()
    } else {
        "P"
    };
    let mut text = format!(
        "MSH|^~\\&|{}|{}|{}|{}|{time}||{event}|{id}|{processing}|2.5.1||||||UNICODE UTF-8\rMSA|{}|{}\r",
        escaped(&to.receiver.0),
        escaped(&to.receiver.1),
        escaped(&to.application),
        escaped(&to.facility),
        code.text(),
        escaped(&to.control_id),
    );
    for fault in faults.iter().take(MOST) {
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "ERR||{}|{}^{}^HL70357|E||||{}\r",
            location(&fault.problem.path),
            fault.code,
            words(fault.code),
            escaped(&format!("{} {}", fault.problem.path, fault.problem.text)),
        );
    }
    text
}

/// ERL: `PID-13[2]` is segment, first of its kind, field, repetition; `MSH-9.2` has a component.
fn location(path: &str) -> String {
    let (segment, rest) = path.split_once('-').unwrap_or((path, ""));
    let digits = |text: &str| {
        text.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    let good = segment.len() == 3 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !good {
        return String::new();
    }
    let field = digits(rest);
    let repetition = rest
        .split_once('[')
        .map(|(_, rest)| digits(rest))
        .unwrap_or_default();
    let component = rest
        .split_once('.')
        .map(|(_, rest)| digits(rest))
        .unwrap_or_default();
    let mut parts = vec![
        segment.to_owned(),
        "1".to_owned(),
        field,
        repetition,
        component,
    ];
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts.join("^")
}

/// The words of table 0357.
const fn words(code: u16) -> &'static str {
    match code {
        100 => "Segment sequence error",
        101 => "Required field missing",
        102 => "Data type error",
        103 => "Table value not found",
        200 => "Unsupported message type",
        201 => "Unsupported event code",
        202 => "Unsupported processing id",
        203 => "Unsupported version id",
        204 => "Unknown key identifier",
        205 => "Duplicate key identifier",
        _ => "Application internal error",
    }
}

/// Text of others, in the delimiters of the answer.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' => escaped.push_str("\\F\\"),
            '^' => escaped.push_str("\\S\\"),
            '~' => escaped.push_str("\\R\\"),
            '\\' => escaped.push_str("\\E\\"),
            '&' => escaped.push_str("\\T\\"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hl7::{Message, code};

    #[test]
    fn an_answer_names_the_message_and_everything_that_is_wrong() {
        let text = "MSH|^~\\&|AB\\T\\EL|PARC|BITEWING|X|20260710||ADT^A04|M\\F\\1|P|2.5.1";
        let header = Header::of(&Message::parse(text).unwrap());
        let faults = [
            Fault::new(code::TYPE, "PID-13[2]", "must be a telephone number"),
            Fault::new(
                code::EVENT,
                "MSH-9.2",
                "must be an event that is taken here",
            ),
        ];
        assert_eq!(Code::of(&faults), Code::Reject);
        assert_eq!(Code::of(&faults[..1]), Code::Error);
        assert_eq!(
            answer(
                &header,
                Code::of(&faults),
                &faults,
                "20260710120000+0000",
                "1"
            ),
            "MSH|^~\\&|BITEWING|X|AB\\T\\EL|PARC|20260710120000+0000||ACK^A04^ACK|1|P|2.5.1||||||UNICODE UTF-8\r\
             MSA|AR|M\\F\\1\r\
             ERR||PID^1^13^2|102^Data type error^HL70357|E||||PID-13[2] must be a telephone number\r\
             ERR||MSH^1^9^^2|201^Unsupported event code^HL70357|E||||MSH-9.2 must be an event that is taken here\r"
        );
    }
}
