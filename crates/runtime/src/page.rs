//! What pages for patients have in common: where they are reached, the headers that keep them to
//! themselves, and whether a request comes from the page itself.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::fmt;

/// Where patients reach pages: an origin, from which every link is built. Never the `Host` a request
/// claims (OWASP Forgot Password cheat sheet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
}

/// The text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an https origin as https://care.example.org, or http on loopback")]
pub struct NotAnOrigin;

impl PublicUrl {
    /// Reads `https://host[:port]`; plain http only for this machine.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let uri: Uri = text
            .trim_end_matches('/')
            .parse()
            .map_err(|_| NotAnOrigin)?;
        let host = uri.host().ok_or(NotAnOrigin)?.to_ascii_lowercase();
        let loopback = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let scheme = match uri.scheme_str() {
            Some("https") => "https",
            Some("http") if loopback => "http",
            _ => return Err(NotAnOrigin),
        };
        let bare = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
        let authority = uri.authority().ok_or(NotAnOrigin)?.as_str();
        if !bare || authority.contains('@') {
            return Err(NotAnOrigin);
        }
        let origin = format!("{scheme}://{}", authority.to_ascii_lowercase());
        Ok(Self { origin, host })
    }

    /// As `https://care.example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// As `care.example.org`: what codes in text messages are bound to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers keep what they exchange with it from others on the way.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

impl Default for PublicUrl {
    /// The gateway of a development installation.
    fn default() -> Self {
        Self {
            origin: "http://127.0.0.1:7000".to_owned(),
            host: "127.0.0.1".to_owned(),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// What pages for patients look like before their own sheet: colours, the card, buttons, what is above and
/// below. Served beside it as `base.css`.
pub const STYLE: &str = include_str!("page/base.css");

/// ASVS 5.0 3.4.3 and 3.4.6.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
                      frame-ancestors 'none'";

const EVERYWHERE: [(HeaderName, &str); 8] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    ),
];

/// Two years, as the preload list asks for; only where there is TLS to insist on.
const HSTS: &str = "max-age=63072000; includeSubDomains; preload";

/// The layer that keeps a page to itself: no script, frame, referrer, cache or search engine of anybody
/// else. A policy a handler set stays: bytes of documents come with a stricter one.
pub async fn headers(State(public): State<PublicUrl>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    if public.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    response
}

/// Whether a request comes from the page itself. Browsers say so in headers no script can set; older ones
/// send the origin with every POST. With SameSite cookies this is the second lock on the same door (OWASP
/// CSRF cheat sheet).
pub fn is_own(public: &PublicUrl, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site.as_bytes() == b"same-origin",
        None => headers.get(ORIGIN).map(HeaderValue::as_bytes) == Some(public.origin().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_public() {
        let care = "care.example.org";
        for (text, origin, host) in [
            (
                "https://Care.example.org/",
                "https://care.example.org",
                care,
            ),
            (
                "https://care.example.org:8443",
                "https://care.example.org:8443",
                care,
            ),
            (
                "http://127.0.0.1:7000",
                "http://127.0.0.1:7000",
                "127.0.0.1",
            ),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.origin(), url.host()), (origin, host));
        }
        for text in [
            "",
            "care.example.org",
            "http://care.example.org",
            "https://user@care.example.org",
            "https://care.example.org/x",
            "https://care.example.org?x",
            "ftp://localhost",
        ] {
            assert_eq!(PublicUrl::parse(text), Err(NotAnOrigin), "{text}");
        }
    }

    #[test]
    fn only_the_page_itself_may_ask() {
        let own = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            let public = PublicUrl::parse("https://care.example.org").unwrap();
            is_own(&public, &headers.collect())
        };
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://care.example.org")]));
        for other in [
            &[][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://care.example.org"),
            ],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
        ] {
            assert!(!own(other), "{other:?}");
        }
    }
}
