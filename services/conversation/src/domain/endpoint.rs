//! Where HTTP providers take requests.

use std::fmt;
use url::{Host, Url};

/// Where an HTTP provider takes requests.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

/// Messages and credentials do not travel there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an https URL, or an http URL of this machine, of up to 500 characters, without user, \
         query and fragment"
)]
pub(crate) struct NotAnEndpoint;

impl Endpoint {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAnEndpoint> {
        let url = Url::parse(text).map_err(|_| NotAnEndpoint)?;
        let here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(NotAnEndpoint),
        };
        let secure = url.scheme() == "https" || (url.scheme() == "http" && here);
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if text.len() <= 500 && secure && plain {
            Ok(Self(url))
        } else {
            Err(NotAnEndpoint)
        }
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }

    /// Where a message is asked for: one step below.
    pub(crate) fn of_message(&self, message: &impl fmt::Display) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().push(&message.to_string());
        }
        url
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_travel_encrypted_or_not_at_all() {
        let endpoint = Endpoint::parse("https://sms.example/v1/messages/").unwrap();
        assert_eq!(
            endpoint.of_message(&"msg_1").as_str(),
            "https://sms.example/v1/messages/msg_1"
        );
        for text in [
            "http://127.0.0.1:9000/send",
            "http://localhost/",
            "http://[::1]:1/x",
        ] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "sms.example",
            "http://sms.example/",
            "http://127.0.0.1.sms.example/",
            "ftp://127.0.0.1/",
            "https://user:password@sms.example/",
            "https://sms.example/?key=1",
            "https://sms.example/#x",
            "file:///etc/passwd",
        ] {
            assert_eq!(Endpoint::parse(text), Err(NotAnEndpoint), "{text}");
        }
    }
}
