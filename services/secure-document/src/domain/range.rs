//! Which bytes of a file a request asks for (RFC 9110 sections 13.1.5 and 14).

use std::fmt;
use std::ops::Range;

use super::framing::DocumentContext;

/// A strong validator: the document and its version. It says nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The validator of a document version.
    pub fn of(context: &DocumentContext) -> Self {
        Self(format!("\"{}-{}\"", context.document, context.version))
    }

    /// The header value, quotes included.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The bytes to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// 200 and everything.
    Whole,
    /// 206 and these bytes, at least one.
    Partial(Range<u64>),
    /// 416.
    Unsatisfiable,
}

impl Selection {
    /// Chooses by the request's `Range` and `If-Range`, for a file of `length` bytes.
    ///
    /// A single range is served. Several are answered with the whole file, a unit other than bytes is
    /// ignored, and a malformed or unsatisfiable range is refused. `If-Range` holds only for the very
    /// same strong validator; a date never matches, since no date is sent out.
    pub fn of(range: Option<&str>, if_range: Option<&str>, etag: &ETag, length: u64) -> Self {
        let Some(range) = range else {
            return Self::Whole;
        };
        if if_range.is_some_and(|validator| validator.trim() != etag.as_str()) {
            return Self::Whole;
        }
        let Some((unit, set)) = range.split_once('=') else {
            return Self::Unsatisfiable;
        };
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return Self::Whole;
        }
        match set.split_once(',') {
            Some(_) if set.split(',').all(|one| parse(one).is_some()) => Self::Whole,
            Some(_) => Self::Unsatisfiable,
            None => parse(set).map_or(Self::Unsatisfiable, |asked| asked.within(length)),
        }
    }

    /// The bytes themselves, none for a refusal.
    pub fn bytes(&self, length: u64) -> Range<u64> {
        match self {
            Self::Whole => 0..length,
            Self::Partial(range) => range.clone(),
            Self::Unsatisfiable => 0..0,
        }
    }

    /// The value of `Content-Range`, where one belongs.
    pub fn content_range(&self, length: u64) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Partial(range) => {
                Some(format!("bytes {}-{}/{length}", range.start, range.end - 1))
            }
            Self::Unsatisfiable => Some(format!("bytes */{length}")),
        }
    }
}

/// One range as asked for.
enum Asked {
    /// `first-` or `first-last`.
    From { first: u64, last: u64 },
    /// `-length`.
    Suffix(u64),
}

impl Asked {
    fn within(self, length: u64) -> Selection {
        match self {
            Self::From { first, .. } if first >= length => Selection::Unsatisfiable,
            Self::From { first, last } => {
                Selection::Partial(first..last.saturating_add(1).min(length))
            }
            Self::Suffix(0) => Selection::Unsatisfiable,
            // A suffix of an empty file is satisfiable, but 206 cannot express zero bytes.
            Self::Suffix(_) if length == 0 => Selection::Whole,
            Self::Suffix(suffix) => Selection::Partial(length.saturating_sub(suffix)..length),
        }
    }
}

fn parse(text: &str) -> Option<Asked> {
    let (first, last) = text.trim_matches([' ', '\t']).split_once('-')?;
    match (first, last) {
        ("", suffix) => Some(Asked::Suffix(number(suffix)?)),
        (first, "") => Some(Asked::From {
            first: number(first)?,
            last: u64::MAX,
        }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Asked::From { first, last })
        }
    }
}

/// Digits only; what does not fit means "as far as there is".
fn number(digits: &str) -> Option<u64> {
    let well_formed = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::{DocumentId, OrganizationId};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn etag() -> ETag {
        ETag::of(&DocumentContext {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            document: DocumentId::from_uuid(Uuid::from_u128(2)),
            version: 3,
        })
    }

    fn select(range: &str, length: u64) -> Selection {
        Selection::of(Some(range), None, &etag(), length)
    }

    #[test]
    fn single_ranges_are_served() {
        for (range, expected) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-", 0..1000),
            ("Bytes= 10-19 ", 10..20),
            ("bytes=990-2000", 990..1000),
            ("bytes=5-99999999999999999999999", 5..1000),
            ("bytes=-1", 999..1000),
            ("bytes=-5000", 0..1000),
        ] {
            assert_eq!(select(range, 1000), Selection::Partial(expected), "{range}");
        }
    }

    #[test]
    fn malformed_and_unsatisfiable_ranges_are_refused() {
        for range in [
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=2-1",
            "bytes=1000-",
            "bytes=-0",
            "bytes=1",
            "bytes=+1-2",
            "bytes=1 -2",
            "bytes=0-1,x",
            "bytes=99999999999999999999999-",
            "",
        ] {
            assert_eq!(select(range, 1000), Selection::Unsatisfiable, "{range}");
        }
        assert_eq!(select("bytes=0-", 0), Selection::Unsatisfiable);
    }

    #[test]
    fn several_ranges_and_other_units_get_the_whole_file() {
        for range in ["bytes=0-1,5-9", "bytes=0-0, -1", "lines=1-2"] {
            assert_eq!(select(range, 1000), Selection::Whole, "{range}");
        }
        assert_eq!(select("bytes=-5", 0), Selection::Whole);
    }

    #[test]
    fn if_range_holds_for_the_same_strong_validator_only() {
        let etag = etag();
        let select = |validator: &str| Selection::of(Some("bytes=1-"), Some(validator), &etag, 9);
        assert_eq!(select(etag.as_str()), Selection::Partial(1..9));
        for other in [
            &format!("W/{etag}"),
            "\"x\"",
            "Wed, 21 Oct 2015 07:28:00 GMT",
            "",
            "*",
        ] {
            assert_eq!(select(other), Selection::Whole, "{other}");
        }
        assert_eq!(
            Selection::of(None, Some("\"x\""), &etag, 9),
            Selection::Whole
        );
    }

    #[test]
    fn content_range_is_written_as_the_rfc_shows() {
        assert_eq!(
            select("bytes=0-499", 1234).content_range(1234).unwrap(),
            "bytes 0-499/1234"
        );
        assert_eq!(
            Selection::Unsatisfiable.content_range(1234).unwrap(),
            "bytes */1234"
        );
        assert_eq!(Selection::Whole.content_range(1234), None);
    }

    proptest! {
        #[test]
        fn any_header_selects_bytes_that_exist(range in "(bytes=)?[-0-9, a]{0,30}", length: u64) {
            match select(&range, length) {
                Selection::Partial(bytes) => {
                    prop_assert!(bytes.start < bytes.end && bytes.end <= length);
                }
                Selection::Whole | Selection::Unsatisfiable => {}
            }
        }

        #[test]
        fn a_served_range_reads_back(length in 1u64.., a: u64, b: u64) {
            let (first, last) = ((a % length).min(b % length), (a % length).max(b % length));
            let selection = select(&format!("bytes={first}-{last}"), length);
            prop_assert_eq!(&selection, &Selection::Partial(first..last + 1));
            prop_assert_eq!(
                selection.content_range(length).unwrap(),
                format!("bytes {first}-{last}/{length}")
            );
        }
    }
}
