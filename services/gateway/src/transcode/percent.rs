//! Percent-decoding (RFC 3986 section 2.1), strict: a broken escape is refused, never passed on.

/// A percent escape is broken, or what it spells is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not percent-encoded UTF-8")]
pub(super) struct Malformed;

/// Decodes one path segment; it was split off before, so an escaped slash stays a character of it.
pub(super) fn decode_segment(text: &str) -> Result<String, Malformed> {
    decode(text.bytes())
}

/// Decodes one name or value of a query string, where a plus stands for a space
/// (`application/x-www-form-urlencoded`, WHATWG URL section 5).
pub(super) fn decode_query(text: &str) -> Result<String, Malformed> {
    decode(
        text.bytes()
            .map(|byte| if byte == b'+' { b' ' } else { byte }),
    )
}

fn decode(mut encoded: impl Iterator<Item = u8>) -> Result<String, Malformed> {
    let mut decoded = Vec::with_capacity(encoded.size_hint().0);
    while let Some(byte) = encoded.next() {
        decoded.push(match byte {
            b'%' => (digit(encoded.next())? << 4) | digit(encoded.next())?,
            plain => plain,
        });
    }
    String::from_utf8(decoded).map_err(|_| Malformed)
}

fn digit(byte: Option<u8>) -> Result<u8, Malformed> {
    let digit = byte
        .and_then(|byte| char::from(byte).to_digit(16))
        .ok_or(Malformed)?;
    Ok(digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_broken_escape_is_refused() {
        for text in ["%", "%2", "%zz", "%+f", "a%2", "%ff", "%c3%28", "%ed%a0%80"] {
            assert_eq!(decode_segment(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_plus_is_a_space_in_a_query_only() {
        assert_eq!(decode_query("a+b%2B").as_deref(), Ok("a b+"));
        assert_eq!(decode_segment("a+b%2B").as_deref(), Ok("a+b+"));
    }

    proptest! {
        #[test]
        fn every_text_survives_the_way_through_a_query(text in ".{0,40}") {
            let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            prop_assert_eq!(decode_query(&encoded), Ok(text));
        }

        #[test]
        fn any_text_decodes_or_is_refused(text in "[%+0-9a-f/]{0,20}") {
            let _ = (decode_query(&text), decode_segment(&text));
        }
    }
}
