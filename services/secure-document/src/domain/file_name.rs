//! What a file is called, safe to show and to send.

use bitewing_core::Sensitive;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// A file name in Unicode normal form C that every system can store and no screen misreads.
///
/// It may say what a patient suffers from, so it never prints by accident.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName(Sensitive<String>);

/// Why a text is not accepted as a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Nothing is there.
    #[error("is required")]
    Empty,
    /// More than [`FileName::MAX`] bytes of UTF-8 once normalised.
    #[error("must have at most 255 bytes")]
    TooLong,
    /// A control character, a line break, or a character that hides or reorders others.
    #[error("must not contain control, invisible or text-direction characters")]
    Invisible,
    /// A slash, a backslash or a colon.
    #[error("must not contain a slash, a backslash or a colon")]
    Separator,
    /// A blank at either end or a dot at the end, which some systems drop.
    #[error("must not start with a blank or end with a blank or a dot")]
    Edge,
    /// A name that means a device on Windows, with whatever extension.
    #[error("must not be the name of a device")]
    Device,
}

impl FileName {
    /// The longest, in bytes: what common file systems store.
    pub const MAX: usize = 255;

    /// Reads a name somebody typed or a program sent.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        // Normalising can lengthen a text threefold; far too long ones are not worth the work.
        if text.len() > 4 * Self::MAX {
            return Err(FileNameError::TooLong);
        }
        let name: String = text.nfc().collect();
        if name.is_empty() {
            return Err(FileNameError::Empty);
        }
        if name.len() > Self::MAX {
            return Err(FileNameError::TooLong);
        }
        if name.contains(misleading) {
            return Err(FileNameError::Invisible);
        }
        if name.contains(['/', '\\', ':']) {
            return Err(FileNameError::Separator);
        }
        if name.starts_with(char::is_whitespace)
            || name.ends_with(|last: char| last.is_whitespace() || last == '.')
        {
            return Err(FileNameError::Edge);
        }
        if is_device(&name) {
            return Err(FileNameError::Device);
        }
        Ok(Self(Sensitive::new(name)))
    }

    /// The name, for who may see it.
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }

    /// The value of `Content-Disposition` (RFC 6266) that saves the file under this name: once in
    /// plain ASCII for old programs, once in UTF-8 (RFC 8187).
    pub fn content_disposition(&self) -> String {
        let mut value = String::from("attachment; filename=\"");
        // A percent sign would be decoded by some browsers (RFC 6266 appendix D).
        value.extend(self.as_str().chars().map(|char| match char {
            '"' | '\\' | '%' => '_',
            ' '..='~' => char,
            _ => '_',
        }));
        value.push_str("\"; filename*=UTF-8''");
        for byte in self.as_str().bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                write!(value, "%{byte:02X}").expect("writing to a string succeeds");
            }
        }
        value
    }
}

/// Controls, line breaks, and characters without a shape of their own. Joiners (U+200C, U+200D) stay:
/// several scripts and emoji need them and they move nothing.
fn misleading(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}')
}

/// CON, NUL, COM1 and kin, in any case and before any extension.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_uppercase();
    let numbered = |prefix| {
        stem.strip_prefix(prefix).is_some_and(|rest: &str| {
            let mut chars = rest.chars();
            matches!(chars.next(), Some('0'..='9' | '¹' | '²' | '³')) && chars.next().is_none()
        })
    };
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_pass_in_normal_form() {
        for name in [
            "x-ray.pdf",
            "Léa Тест.jpg",
            "Plan \"A\" 100%.pdf",
            ".profile",
            "a..b",
            "común & corriente.pdf",
            "command.com.txt",
            "👩\u{200d}⚕\u{fe0f}.png",
        ] {
            assert_eq!(FileName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(
            FileName::parse("Le\u{301}a.pdf").unwrap().as_str(),
            "Léa.pdf"
        );
    }

    #[test]
    fn tricks_are_refused_by_name() {
        use FileNameError as E;
        for (name, error) in [
            ("", E::Empty),
            ("../../etc/passwd", E::Separator),
            ("..\\x", E::Separator),
            ("a.pdf:evil.exe", E::Separator),
            ("a\0b", E::Invisible),
            ("a\r\nSet-Cookie", E::Invisible),
            ("x\u{202e}fdp.exe", E::Invisible),
            ("x\u{2066}y", E::Invisible),
            ("a\u{200b}b", E::Invisible),
            ("\u{feff}a", E::Invisible),
            ("a\u{2028}b", E::Invisible),
            (".", E::Edge),
            ("..", E::Edge),
            ("a.pdf.", E::Edge),
            (" a", E::Edge),
            ("a\u{3000}", E::Edge),
            ("nul", E::Device),
            ("CON.tar.gz", E::Device),
            ("Com1.pdf", E::Device),
            ("lpt¹", E::Device),
            ("AUX .txt", E::Device),
        ] {
            assert_eq!(FileName::parse(name), Err(error), "{name:?}");
        }
        assert!(FileName::parse(&"é".repeat(127)).is_ok());
        assert_eq!(FileName::parse(&"é".repeat(128)), Err(E::TooLong));
        assert_eq!(FileName::parse(&"a".repeat(1_000_000)), Err(E::TooLong));
    }

    #[test]
    fn the_header_carries_both_forms() {
        let name = FileName::parse("Léa \"50%\".pdf").unwrap();
        assert_eq!(
            name.content_disposition(),
            "attachment; filename=\"L_a _50__.pdf\"; filename*=UTF-8''L%C3%A9a%20%2250%25%22.pdf"
        );
    }

    #[test]
    fn names_never_print() {
        let name = FileName::parse("biopsy.pdf").unwrap();
        assert!(!format!("{name:?}").contains("biopsy"));
    }

    proptest! {
        #[test]
        fn parsing_again_changes_nothing(text: String) {
            if let Ok(name) = FileName::parse(&text) {
                prop_assert_eq!(FileName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn no_name_breaks_out_of_the_header(text in "[ -~é\u{430}\u{1f600}\"%;'\\\\]{1,80}") {
            let Ok(name) = FileName::parse(&text) else { return Ok(()) };
            let value = name.content_disposition();
            prop_assert!(http::HeaderValue::from_str(&value).is_ok());
            prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            let (start, rest) = value.split_once('"').unwrap();
            let (fallback, extended) = rest.split_once('"').unwrap();
            prop_assert_eq!(start, "attachment; filename=");
            prop_assert!(!fallback.contains(['\\', '%']));
            let encoded = extended.strip_prefix("; filename*=UTF-8''").unwrap();
            prop_assert!(!encoded.contains(['"', ';', ' ', '\'', ',']));
            prop_assert_eq!(percent_decode(encoded), name.as_str().as_bytes());
        }

        #[test]
        fn whatever_arrives_never_yields_a_path_or_a_control(text in "[./\\\\a-c\u{0}-\u{1f}\u{200e}-\u{202e}]{0,20}") {
            if let Ok(name) = FileName::parse(&text) {
                prop_assert!(!name.as_str().contains(['/', '\\']));
                prop_assert!(!name.as_str().chars().any(char::is_control));
                prop_assert!(name.as_str() != "." && name.as_str() != "..");
            }
        }
    }

    fn percent_decode(text: &str) -> Vec<u8> {
        let mut bytes = text.bytes();
        let mut out = Vec::new();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                out.push(byte);
            }
        }
        out
    }
}
