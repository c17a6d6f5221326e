//! What a file's bytes are.

use std::fmt;

/// A media type without parameters, lower case: `application/pdf` (RFC 9110 section 8.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(String);

/// The text is not a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a media type such as application/pdf, without parameters")]
pub struct NotAMediaType;

impl MediaType {
    /// The longest: each name has at most 127 characters (RFC 6838 section 4.2).
    const MAX: usize = 255;

    /// Reads `type/subtype`.
    pub fn parse(text: &str) -> Result<Self, NotAMediaType> {
        let well_formed = text.len() <= Self::MAX
            && text
                .split_once('/')
                .is_some_and(|(kind, subtype)| name(kind) && name(subtype));
        if well_formed {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NotAMediaType)
        }
    }

    /// Bytes nobody should try to show.
    pub fn octet_stream() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `restricted-name` of RFC 6838 section 4.2.
fn name(text: &str) -> bool {
    text.len() <= 127
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_types_in_any_case() {
        for text in ["application/pdf", "IMAGE/SVG+XML", "application/dicom"] {
            assert_eq!(
                MediaType::parse(text).unwrap().as_str(),
                text.to_ascii_lowercase()
            );
        }
    }

    #[test]
    fn refuses_what_could_break_a_header() {
        let long = format!("a/{}", "b".repeat(128));
        for text in [
            "",
            "pdf",
            "/",
            "a/",
            "/b",
            "a/b/c",
            "a/b; c=d",
            "a/b\r\nX: y",
            "é/b",
            "a /b",
            &long,
        ] {
            assert_eq!(MediaType::parse(text), Err(NotAMediaType), "{text}");
        }
    }
}
