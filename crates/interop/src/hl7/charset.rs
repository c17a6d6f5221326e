//! The letters of a message: as MSH-18 declares them (table 0211), or else as the source is known to write.

use super::{Fault, code};
use encoding_rs::Encoding;

/// What a message that declares nothing is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

impl Default for Charset {
    fn default() -> Self {
        Self(encoding_rs::UTF_8)
    }
}

impl Charset {
    /// A set by its name: as in table 0211, or as `utf-8`, `windows-1251`.
    pub fn named(name: &str) -> Option<Self> {
        let folded = name.trim().to_ascii_uppercase();
        let known = match folded.as_str() {
            "ASCII" | "UNICODE UTF-8" | "UTF-8" | "UNICODE" => Some(encoding_rs::UTF_8),
            // No escapes of ISO 2022, which change the letters in the middle.
            name if name.starts_with("ISO IR") || name.starts_with("UNICODE UTF-") => None,
            name => match name.strip_prefix("8859/") {
                Some(part) => Encoding::for_label(format!("iso-8859-{part}").as_bytes()),
                None => Encoding::for_label(name.as_bytes()),
            },
        };
        // A set whose delimiters are other bytes than those of ASCII cannot be read by this.
        known
            .filter(|encoding| encoding.is_ascii_compatible())
            .map(Self)
    }
}

/// Makes the bytes of a message text.
pub fn decode(bytes: &[u8], usual: Charset) -> Result<String, Fault> {
    let declared = declared(bytes);
    let declared = declared.trim();
    let charset = if declared.is_empty() || declared == "\"\"" {
        usual
    } else {
        Charset::named(declared).ok_or_else(|| {
            Fault::new(
                code::TABLE,
                "MSH-18",
                "must be a character set that is known",
            )
        })?
    };
    let (text, broken) = charset.0.decode_without_bom_handling(bytes);
    if broken {
        return Err(Fault::new(
            code::TYPE,
            "MSH-18",
            "must be the character set of the message",
        ));
    }
    Ok(text.into_owned())
}

/// The first repetition of MSH-18, by its bytes.
fn declared(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let header = &bytes[..end.unwrap_or(bytes.len())];
    let (Some(field), repetition) = (header.get(3), header.get(5)) else {
        return String::new();
    };
    // The name of the segment stands for MSH-1 and what is before.
    let mut fields = header.split(|byte| byte == field);
    let set = fields.nth(17).unwrap_or_default();
    let first = set
        .split(|byte| Some(byte) == repetition)
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(first).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(set: &str, name: &[u8]) -> Vec<u8> {
        let mut bytes =
            format!("MSH|^~\\&|||||||ADT^A04|1|P|2.5.1||||||{set}\rPID|1||1||").into_bytes();
        bytes.extend(name);
        bytes
    }

    #[test]
    fn a_message_is_read_in_the_letters_it_declares() {
        let usual = Charset::named("windows-1251").unwrap();
        for (set, name, read) in [
            ("UNICODE UTF-8", "Côté".as_bytes(), "Côté"),
            ("8859/1", b"C\xF4t\xE9", "Côté"),
            ("8859/5~ASCII", b"\xB8\xD2\xD0\xDD", "Иван"),
            ("", b"\xC8\xE2\xE0\xED", "Иван"),
        ] {
            let text = decode(&message(set, name), usual).unwrap();
            assert!(text.ends_with(read), "{text}");
        }
        let no = |bytes: &[u8]| decode(bytes, Charset::default()).unwrap_err().problem.path;
        assert_eq!(no(&message("UNICODE UTF-16", b"x")), "MSH-18");
        assert_eq!(no(&message("KLINGON", b"x")), "MSH-18");
        assert_eq!(no(&message("", b"C\xF4t\xE9")), "MSH-18");
        assert_eq!(decode(b"MS", Charset::default()).unwrap(), "MS");
    }
}
