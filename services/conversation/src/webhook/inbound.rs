//! A request as it arrived at the public port, and what it is answered.

use bitewing_core::Sensitive;
use url::form_urlencoded;

/// What arrived: nothing in it was looked at yet.
pub(crate) struct Inbound {
    /// The exact public URL.
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Inbound {
    /// A header that came once; several of a name are nobody's signature.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Whether the body is a form.
    pub(super) fn is_form(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// The fields of the form, those nobody knows included.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// What a provider is answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Sensitive<String>,
}

impl Reply {
    /// Taken, and nothing to say.
    pub(super) fn taken() -> Self {
        Self::empty(204)
    }

    /// The path is nobody's.
    pub(super) fn nobodys() -> Self {
        Self::empty(404)
    }

    /// The signature is not the provider's.
    pub(super) fn forged() -> Self {
        Self::empty(403)
    }

    /// It is the provider's, and cannot be read.
    pub(super) fn unreadable() -> Self {
        Self::empty(400)
    }

    /// What a call does next.
    pub(super) fn call(body: Sensitive<String>) -> Self {
        Self {
            status: 200,
            content_type: "text/xml; charset=utf-8",
            body,
        }
    }

    fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: "",
            body: String::new().into(),
        }
    }
}
