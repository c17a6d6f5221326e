//! Accounts at Twilio.

use serde::{Deserialize, Serialize};

/// An account at Twilio, without its secrets. What messages come from is the account's sender: a
/// number, or the identifier of a messaging service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TwilioSettings {
    pub(crate) account_sid: Sid,
    /// Whose secret is used towards Twilio, instead of the account's.
    pub(crate) api_key_sid: Option<Sid>,
    /// Where Twilio keeps what is sent, and where it is entered.
    pub(crate) place: Option<Place>,
    /// Stands in for Twilio's own URL, in development.
    pub(crate) base_url: Option<String>,
}

/// One of Twilio's identifiers: two letters that tell what it names, and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sid(String);

/// The text is not an identifier of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0} and 32 hexadecimal digits")]
pub(crate) struct NotASid(&'static str);

impl Sid {
    pub(crate) fn parse(kind: &'static str, text: &str) -> Result<Self, NotASid> {
        let hexadecimal = |digits: &str| {
            digits.len() == 32
                && digits
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        match text.strip_prefix(kind) {
            Some(digits) if hexadecimal(digits) => Ok(Self(text.to_owned())),
            _ => Err(NotASid(kind)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A region of Twilio and an edge to enter it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) region: PlaceName,
    pub(crate) edge: PlaceName,
}

/// A label of a host name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaceName(String);

/// The text is no such label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 40 lower-case letters, digits and hyphens")]
pub(crate) struct NotAPlace;

impl PlaceName {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAPlace> {
        let label = (1..=40).contains(&text.len())
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-'));
        if label {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAPlace)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_name_what_they_are_of() {
        let account = "AC0123456789abcdef0123456789abcdef";
        assert_eq!(Sid::parse("AC", account).unwrap().as_str(), account);
        for text in [
            "",
            "AC",
            "SK0123456789abcdef0123456789abcdef",
            "AC0123456789ABCDEF0123456789ABCDEF",
            "AC0123456789abcdef0123456789abcdef/",
            "AC0123456789abcdef0123456789abcde",
        ] {
            assert!(Sid::parse("AC", text).is_err(), "{text}");
        }
    }

    #[test]
    fn places_are_labels_of_a_host_name() {
        assert_eq!(PlaceName::parse("dublin").unwrap().as_str(), "dublin");
        for text in ["", "ie1.evil.example", "IE1", "-a", "a/b", &"a".repeat(41)] {
            assert_eq!(PlaceName::parse(text), Err(NotAPlace), "{text}");
        }
    }
}
