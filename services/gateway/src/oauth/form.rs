//! The parameters of a request: a form whose every name appears once (RFC 6749 3.2).

use super::error::OAuthError;
use bitewing_core::Sensitive;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use std::collections::HashMap;

/// Longer forms are none of ours; a refresh token has 64 characters, an access token a few thousand.
const LONGEST: usize = 32 * 1024;
const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The parameters.
pub(super) struct Form(HashMap<String, Sensitive<String>>);

impl Form {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let essence = media_type
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        if !essence.trim().eq_ignore_ascii_case(MEDIA_TYPE) {
            return Err(OAuthError::InvalidRequest("the body must be a form"));
        }
        if body.len() > LONGEST {
            return Err(OAuthError::InvalidRequest("the form is too long"));
        }
        let mut form = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if form
                .insert(name.into_owned(), Sensitive::new(value.into_owned()))
                .is_some()
            {
                return Err(OAuthError::InvalidRequest("a parameter is given twice"));
            }
        }
        Ok(Self(form))
    }

    /// A parameter; one without a value counts as absent (RFC 6749 3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(|value| value.expose().as_str());
        value.filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(super) fn require(&self, name: &str, missing: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::InvalidRequest(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(media_type: &'static str, body: &str) -> Result<Form, OAuthError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Form::read(&headers, body.as_bytes())
    }

    #[test]
    fn a_name_appears_once() {
        let form = read(
            "application/x-www-form-urlencoded; charset=utf-8",
            "a=1&b=&c=x+y%26",
        )
        .unwrap();
        assert_eq!(
            (form.get("a"), form.get("b"), form.get("c")),
            (Some("1"), None, Some("x y&"))
        );
        assert!(read(MEDIA_TYPE, "a=1&a=2").is_err());
        assert!(read("application/json", "a=1").is_err());
    }
}
