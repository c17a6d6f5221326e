//! Names by which programs know services, intents and procedures: the same in every language.

use std::fmt;

/// The longest key.
const MAX: usize = 60;

/// A name such as `implant` or `root-canal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX} of a-z, 0-9 and '-', and begin with a letter or a digit")]
pub(crate) struct NoKey;

impl Key {
    /// Reads a key.
    pub(crate) fn parse(text: &str) -> Result<Self, NoKey> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=MAX).contains(&text.len()) && text.bytes().all(known) && !text.starts_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoKey)
        }
    }

    /// Reads a key that may be empty.
    pub(crate) fn optional(text: &str) -> Result<Option<Self>, NoKey> {
        if text.is_empty() {
            Ok(None)
        } else {
            Self::parse(text).map(Some)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_and_short() {
        for good in ["implant", "root-canal", "3d-scan", &"x".repeat(60)] {
            assert!(Key::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-x",
            "Implant",
            "имплант",
            "a b",
            "a_b",
            &"x".repeat(61),
        ] {
            assert_eq!(Key::parse(bad), Err(NoKey), "{bad}");
        }
    }
}
