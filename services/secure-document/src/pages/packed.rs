//! Answers that are the same for everybody, small on the wire.
//!
//! They are packed once. Nothing secret is ever packed: the length of packed secrets tells of them.

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;
use std::io::Write as _;

/// A text as it is, and packed.
#[derive(Debug)]
pub(super) struct Packed {
    plain: String,
    gzip: Vec<u8>,
}

impl Packed {
    /// Packs a text.
    pub(super) fn new(plain: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; if it did, the text would go as it is.
        let written = encoder.write_all(plain.as_bytes());
        let gzip = written.and_then(|()| encoder.finish()).unwrap_or_default();
        Self { plain, gzip }
    }

    /// As it is.
    pub(super) fn plain(&self) -> &str {
        &self.plain
    }

    /// Packed, for a browser that says it can unpack.
    pub(super) fn gzip_for(&self, headers: &HeaderMap) -> Option<&[u8]> {
        let takes = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|item| {
                let (name, weight) = item.split_once(';').unwrap_or((item, ""));
                let refused = weight.trim().trim_start_matches("q=").parse() == Ok(0.0);
                name.trim().eq_ignore_ascii_case("gzip") && !refused
            });
        (takes && !self.gzip.is_empty()).then_some(self.gzip.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use http::HeaderValue;
    use std::io::Read as _;

    fn accepting(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))])
    }

    #[test]
    fn only_who_asks_for_it_gets_it_packed_and_unpacks_the_same() {
        let packed = Packed::new("one and one and one and one".to_owned());
        for text in ["gzip", "br, GZIP;q=0.5", "deflate,gzip;q=1.0"] {
            let gzip = packed.gzip_for(&accepting(text)).unwrap();
            let mut unpacked = String::new();
            GzDecoder::new(gzip).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, packed.plain(), "{text}");
        }
        for text in ["", "br", "gzip;q=0", "gzip;q=0.0", "xgzip"] {
            assert!(packed.gzip_for(&accepting(text)).is_none(), "{text}");
        }
        assert!(packed.gzip_for(&HeaderMap::new()).is_none());
    }
}
