//! Accounts at mail servers.

use bitewing_core::EmailAddress;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use url::Host;

/// A mail server and how mail is given to it, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SmtpSettings {
    pub(crate) host: SmtpHost,
    pub(crate) port: u16,
    pub(crate) security: SmtpSecurity,
    /// Empty where the server wants no credentials.
    pub(crate) username: String,
    /// Empty is the clinic's.
    pub(crate) from_name: String,
    pub(crate) return_path: ReturnPath,
    /// Empty is the sender.
    pub(crate) reply_to: String,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SmtpSecurity {
    Starttls,
    ImplicitTls,
    None,
}

impl SmtpSecurity {
    /// The port where none is given (RFC 6409, RFC 8314, RFC 5321).
    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::ImplicitTls => 465,
            Self::None => 25,
        }
    }
}

/// The name of a mail server, in ASCII, or its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SmtpHost(String);

/// The text names no machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name or IP address of a machine, of up to 253 characters")]
pub(crate) struct NotAHost;

impl SmtpHost {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAHost> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        match ascii_domain(text) {
            Some(name) if name.len() <= 253 => Ok(Self(name)),
            _ => Err(NotAHost),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine, whatever a name server says.
    pub(crate) fn is_loopback(&self) -> bool {
        self.0 == "localhost"
            || self
                .0
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// A domain as mail servers know it: lower-case, in ASCII (RFC 5890).
pub(crate) fn ascii_domain(text: &str) -> Option<String> {
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if !text.chars().all(plain) {
        return None;
    }
    let Ok(Host::Domain(name)) = Host::parse(text) else {
        return None;
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.split('.').all(label).then_some(name)
}

/// Where what cannot be delivered is returned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ReturnPath {
    /// To whom it is from.
    Sender,
    /// To one address for all.
    Address(String),
    /// To an address per message below this domain, which is in ASCII.
    Domain(String),
}

/// The text is no return path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address or a domain, of up to 254 characters")]
pub(crate) struct NotAReturnPath;

impl ReturnPath {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAReturnPath> {
        if text.is_empty() {
            Ok(Self::Sender)
        } else if text.contains('@') {
            EmailAddress::parse(text)
                .map(|address| Self::Address(address.as_str().to_owned()))
                .map_err(|_| NotAReturnPath)
        } else {
            // 64 characters before it and an @ leave 189 of 254 (RFC 5321 4.5.3.1).
            ascii_domain(text)
                .filter(|domain| domain.contains('.') && domain.len() <= 189)
                .map(Self::Domain)
                .ok_or(NotAReturnPath)
        }
    }

    /// As it is shown.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Sender => "",
            Self::Address(text) | Self::Domain(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses() {
        for (text, host) in [
            ("Mail.Example.org", "mail.example.org"),
            ("courriel.québec.example", "courriel.xn--qubec-csa.example"),
            ("10.1.2.3", "10.1.2.3"),
            ("::1", "::1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(SmtpHost::parse(text).unwrap().as_str(), host);
        }
        for text in [
            "",
            "mail example",
            "mail.example:25",
            "user@mail.example",
            "mail..example",
            "-mail.example",
            "mail.example/x",
            "mail\r\n.example",
            "%6dail.example",
        ] {
            assert_eq!(SmtpHost::parse(text), Err(NotAHost), "{text:?}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, here) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("localhost.example.org", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(SmtpHost::parse(text).unwrap().is_loopback(), here, "{text}");
        }
    }

    #[test]
    fn return_paths_are_nothing_an_address_or_a_domain() {
        let parse = ReturnPath::parse;
        assert_eq!(parse(""), Ok(ReturnPath::Sender));
        let address = ReturnPath::Address("bounces@example.org".to_owned());
        assert_eq!(parse("Bounces@example.org"), Ok(address));
        let domain = ReturnPath::Domain("bounces.example.org".to_owned());
        assert_eq!(parse("bounces.example.org"), Ok(domain));
        for text in ["localhost", "a@b", "a b.example", "a\n@example.org"] {
            assert_eq!(parse(text), Err(NotAReturnPath), "{text:?}");
        }
        let long = format!("{}.example.org", "a.".repeat(100).trim_end_matches('.'));
        assert_eq!(parse(&long), Err(NotAReturnPath));
    }
}
