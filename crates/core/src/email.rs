//! E-mail addresses.

use std::fmt;

/// An address: a local part, `@` and a domain name, lower-cased (mailboxes that tell cases apart are
/// not found in practice, and two spellings of one mailbox must be one patient's).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The text is not an address mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address")]
pub struct NotAnAddress;

impl EmailAddress {
    /// Reads an address of up to 254 characters (RFC 5321 4.5.3.1.3), without quotes or comments.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let local_ok = (1..=64).contains(&local.len())
            && local.split('.').all(|atom| {
                !atom.is_empty()
                    && atom.chars().all(|c| {
                        c.is_ascii_alphanumeric()
                            || "!#$%&'*+/=?^_`{|}~-".contains(c)
                            || (!c.is_ascii() && c.is_alphanumeric())
                    })
            });
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| {
                    c == '-' || c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric())
                })
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if text.len() <= 254 && local_ok && domain_ok {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(NotAnAddress)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `a•••@example.org`: what staff are shown.
    pub fn hint(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first = local.chars().next().map(String::from).unwrap_or_default();
        format!("{first}•••@{domain}")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_refuses_the_rest() {
        let address = EmailAddress::parse(" Anne.Cote+x@Example.org ").unwrap();
        assert_eq!(
            (address.as_str(), address.hint().as_str()),
            ("anne.cote+x@example.org", "a•••@example.org")
        );
        for text in [
            "",
            "a",
            "@b.c",
            "a@b",
            "a@@b.c",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "a\n@b.c",
            "a.@b.c",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnAddress), "{text:?}");
        }
    }
}
