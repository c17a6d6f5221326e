//! Parsing of request fields into values that cannot be wrong.
//!
//! A handler's first step collects every violation, not only the first:
//!
//! ```
//! use bitewing_rpc::{Fields, field};
//! let mut fields = Fields::new();
//! let size = fields.take("page_size", bitewing_core::PageSize::parse(-1));
//! let name = fields.take("display_name", field::text("  ", 1..=120));
//! let refusal = fields.check().unwrap_err();
//! assert_eq!(refusal.len(), 2);
//! # let _ = (size, name);
//! ```

use bitewing_core::PageSize;
use bitewing_core::id::{IdError, TypedId};
use std::fmt::Display;
use std::ops::RangeInclusive;
use time::OffsetDateTime;
use uuid::Uuid;

/// A field of a request and what is wrong with it; never the value sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path, as `patient.contact_points[2].value`.
    pub field: String,
    /// As `must be a phone number`.
    pub description: String,
}

impl Violation {
    /// Names a field and its fault.
    pub fn new(field: impl Into<String>, description: impl Display) -> Self {
        Self {
            field: field.into(),
            description: description.to_string(),
        }
    }
}

/// Collects the violations of one request.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    /// No violation yet.
    pub const fn new() -> Self {
        Self {
            violations: Vec::new(),
        }
    }

    /// Keeps the value, or notes the violation.
    pub fn take<T, E: Display>(
        &mut self,
        field: impl Into<String>,
        parsed: Result<T, E>,
    ) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.note(field, error);
                None
            }
        }
    }

    /// Notes a violation.
    pub fn note(&mut self, field: impl Into<String>, description: impl Display) {
        self.violations.push(Violation::new(field, description));
    }

    /// Ends the parsing: `Err` with every violation if there was one.
    pub fn check(self) -> Result<(), Vec<Violation>> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(self.violations)
        }
    }
}

/// Ends a parsing in which every part was [`Fields::take`]n: all parts, or all violations.
///
/// `field::all!(fields, name, size)` gives `Result<(Name, Size), Vec<Violation>>`.
#[macro_export]
macro_rules! all {
    ($fields:expr, $($part:ident),+ $(,)?) => {
        match ($($part,)+) {
            ($(Some($part),)+) => $fields.check().map(|()| ($($part,)+)),
            _ => Err($fields.check().err().unwrap_or_default()),
        }
    };
}
pub use crate::all;

/// A faulty field; `Display` is the description of the violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Nothing was sent.
    #[error("is required")]
    Required,
    /// Shorter or longer than allowed.
    #[error("must have {min} to {max} characters")]
    Length {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// Control characters, or ones that change the direction of writing.
    #[error("must not hold control characters")]
    Control,
    /// Not a UUID.
    #[error("must be a UUID")]
    Uuid,
    /// An enumeration's zero or a value this version does not know.
    #[error("must be one of the known values")]
    Enum,
    /// Out of the calendar's range.
    #[error("must be a valid time")]
    Time,
    /// More entries than allowed.
    #[error("must have at most {0} entries")]
    TooMany(usize),
}

/// Reads an identifier.
pub fn id<T: TypedId>(text: &str) -> Result<T, IdError> {
    text.parse()
}

/// Reads an identifier that may be empty.
pub fn optional_id<T: TypedId>(text: &str) -> Result<Option<T>, IdError> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

/// Whether a character may stand in a line of text: no control, no bidirectional override.
pub fn printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Reads one line of text: trimmed, counted in characters, without control characters.
pub fn text(text: &str, length: RangeInclusive<usize>) -> Result<String, FieldError> {
    let trimmed = text.trim();
    if trimmed.is_empty() && *length.start() > 0 {
        return Err(FieldError::Required);
    }
    if !trimmed.chars().all(printable) {
        return Err(FieldError::Control);
    }
    if !length.contains(&trimmed.chars().count()) {
        return Err(FieldError::Length {
            min: *length.start(),
            max: *length.end(),
        });
    }
    Ok(trimmed.to_owned())
}

/// Reads one line of text that may be empty.
pub fn optional_text(value: &str, max: usize) -> Result<Option<String>, FieldError> {
    let read = text(value, 0..=max)?;
    Ok((!read.is_empty()).then_some(read))
}

/// Reads a `request_id`: empty, or a UUID (AIP-155).
pub fn request_id(text: &str) -> Result<Option<Uuid>, FieldError> {
    if text.is_empty() {
        Ok(None)
    } else {
        Uuid::try_parse(text)
            .map(Some)
            .map_err(|_| FieldError::Uuid)
    }
}

/// Reads a `page_size`.
pub fn page_size(size: i32) -> Result<PageSize, bitewing_core::page::NegativePageSize> {
    PageSize::parse(size)
}

/// Reads an enumeration whose zero means nothing.
pub fn one_of<T: TryFrom<i32>>(value: i32) -> Result<T, FieldError> {
    if value == 0 {
        return Err(FieldError::Required);
    }
    T::try_from(value).map_err(|_| FieldError::Enum)
}

/// Reads an enumeration whose zero means "not given".
pub fn optional_one_of<T: TryFrom<i32>>(value: i32) -> Result<Option<T>, FieldError> {
    if value == 0 {
        Ok(None)
    } else {
        T::try_from(value).map(Some).map_err(|_| FieldError::Enum)
    }
}

/// Reads a timestamp.
pub fn timestamp(value: prost_types::Timestamp) -> Result<OffsetDateTime, FieldError> {
    let nanos = u32::try_from(value.nanos)
        .ok()
        .filter(|nanos| *nanos < 1_000_000_000);
    OffsetDateTime::from_unix_timestamp(value.seconds)
        .ok()
        .zip(nanos)
        .and_then(|(time, nanos)| time.replace_nanosecond(nanos).ok())
        .ok_or(FieldError::Time)
}

/// Writes a timestamp.
pub fn to_timestamp(time: OffsetDateTime) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.unix_timestamp(),
        nanos: i32::try_from(time.nanosecond()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn collects_every_violation() {
        let mut fields = Fields::new();
        let name = fields.take("name", text("", 1..=3));
        let size = fields.take("page_size", page_size(5));
        let kind = fields.take("kind", one_of::<bitewing_proto::access::Role>(99));
        let violations = all!(fields, name, size, kind).unwrap_err();
        let paths: Vec<_> = violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(paths, ["name", "kind"]);
    }

    proptest! {
        #[test]
        fn timestamps_read_back_or_are_refused(seconds: i64, nanos: i32) {
            let sent = prost_types::Timestamp { seconds, nanos };
            if let Ok(time) = timestamp(sent) {
                prop_assert_eq!(to_timestamp(time), sent);
            }
        }

        #[test]
        fn accepted_text_holds_no_control(value in ".{0,20}") {
            if let Ok(read) = text(&value, 0..=10) {
                prop_assert!(read.chars().all(printable) && read.chars().count() <= 10);
            }
        }
    }
}
