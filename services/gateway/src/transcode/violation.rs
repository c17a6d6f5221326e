//! What is wrong with a request, field by field, never repeating a value the request held.

use std::borrow::Cow;
use std::fmt;

/// How many violations one answer lists at most; the rest would only be noise.
const LISTED: usize = 32;

/// The longest unknown name a violation repeats.
const NAME_LENGTH: usize = 64;

/// Why a part of a request was refused: stable, part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The body is not JSON, or something follows it.
    MalformedJson,
    /// Bytes are not UTF-8, or a percent escape is broken.
    MalformedEncoding,
    /// Arrays and objects lie deeper than is read.
    NestedTooDeeply,
    /// The message has no such field.
    UnknownField,
    /// The method has no such query parameter.
    UnknownParameter,
    /// The same field is given twice.
    DuplicateField,
    /// The JSON type does not fit the field.
    WrongType,
    /// A number does not fit the field.
    OutOfRange,
    /// A text does not have the field's format.
    MalformedValue,
    /// The enumeration has no such name.
    UnknownEnumValue,
    /// Two fields of which at most one may be set are both given.
    OneofConflict,
    /// The body names another resource than the path.
    PathConflict,
    /// The method takes no body.
    BodyNotAllowed,
}

impl Reason {
    /// The reason as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJson => "MALFORMED_JSON",
            Self::MalformedEncoding => "MALFORMED_ENCODING",
            Self::NestedTooDeeply => "NESTED_TOO_DEEPLY",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::UnknownParameter => "UNKNOWN_PARAMETER",
            Self::DuplicateField => "DUPLICATE_FIELD",
            Self::WrongType => "WRONG_TYPE",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::MalformedValue => "MALFORMED_VALUE",
            Self::UnknownEnumValue => "UNKNOWN_ENUM_VALUE",
            Self::OneofConflict => "ONEOF_CONFLICT",
            Self::PathConflict => "PATH_CONFLICT",
            Self::BodyNotAllowed => "BODY_NOT_ALLOWED",
        }
    }
}

/// One thing wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field by its proto names, as `patient.contact_points[2].address`; empty for
    /// the whole request.
    pub field: String,
    /// The stable reason.
    pub reason: Reason,
    /// A sentence about the field, to be read behind its name.
    pub description: Cow<'static, str>,
}

/// Everything found wrong with a request; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request has {} violations", .0.len())]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The violations, in the order of the request.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Gathers violations while a request is read.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Violation>);

impl Report {
    /// Notes that what lies at `at` is wrong.
    pub(super) fn refuse(
        &mut self,
        at: &Path<'_>,
        reason: Reason,
        description: impl Into<Cow<'static, str>>,
    ) {
        if self.0.len() < LISTED {
            let description = description.into();
            self.0.push(Violation {
                field: at.to_string(),
                reason,
                description,
            });
        }
    }

    /// Notes a member no field answers to.
    ///
    /// A misspelt name helps whoever reads the answer, so one that could be a field's name is
    /// repeated; anything else could be data and only its parent is named.
    pub(super) fn refuse_unknown(&mut self, parent: &Path<'_>, name: &str, reason: Reason) {
        let description = "is unknown";
        if could_be_field(name) {
            self.refuse(&parent.field(name), reason, description);
        } else {
            self.refuse(parent, reason, "holds an unknown name");
        }
    }

    /// The value if nothing was found wrong, otherwise everything that was.
    pub(super) fn conclude<T>(self, value: T) -> Result<T, Violations> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Violations(self.0))
        }
    }
}

fn could_be_field(name: &str) -> bool {
    name.len() <= NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// A place in a request, written only when something is wrong there.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The whole request.
    Root,
    /// A field of the message at another place.
    Field(&'a Path<'a>, &'a str),
    /// An element of the list, or an entry of the map, at another place.
    Item(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self::Field(self, name)
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Path::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_the_request() {
        let patient = Path::Root.field("patient");
        let points = patient.field("contact_points");
        let point = points.item(2);
        assert_eq!(
            point.field("address").to_string(),
            "patient.contact_points[2].address"
        );
        assert_eq!(Path::Root.to_string(), "");
    }

    #[test]
    fn an_unknown_name_is_repeated_only_if_it_could_be_a_field() {
        let mut report = Report::default();
        let patient = Path::Root.field("patient");
        report.refuse_unknown(&patient, "fistName", Reason::UnknownField);
        report.refuse_unknown(&patient, "+33 6 12 34 56 78", Reason::UnknownField);
        let fields: Vec<_> = report
            .0
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(fields, ["patient.fistName", "patient"]);
    }

    #[test]
    fn the_list_of_violations_is_bounded() {
        let mut report = Report::default();
        for index in 0..1_000 {
            report.refuse(
                &Path::Root.item(index),
                Reason::WrongType,
                "must be a string",
            );
        }
        assert_eq!(report.conclude(()).unwrap_err().iter().count(), LISTED);
    }
}
