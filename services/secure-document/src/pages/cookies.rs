//! What the browser holds: the token a code is bound to, and the tokens of its sessions.
//!
//! One cookie holds the sessions of several links, so that a second link does not log out the first;
//! every unlock gives it a new value (ASVS 5.0 7.2.4). It is HttpOnly and SameSite=Strict, and where
//! there is TLS `__Host-` and Secure: on plain-http loopback browsers would refuse it otherwise.

use bitewing_core::CapabilityToken;
use bitewing_runtime::page::PublicUrl;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// Sessions in one cookie; the oldest makes room.
const SESSIONS: usize = 4;
/// Seconds a browser keeps what a code is bound to: as long as any code may live.
const HOLDER_LIFE: u32 = 600;

/// The two cookies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cookie {
    /// Who asked for the live code.
    Holder,
    /// What was unlocked.
    Sessions,
}

impl Cookie {
    fn name(self, public: &PublicUrl) -> &'static str {
        match (self, public.is_https()) {
            (Self::Holder, true) => "__Host-doc-code",
            (Self::Holder, false) => "doc-code",
            (Self::Sessions, true) => "__Host-doc",
            (Self::Sessions, false) => "doc",
        }
    }

    fn write(self, public: &PublicUrl, value: &str, life: Option<u32>) -> HeaderValue {
        let name = self.name(public);
        let secure = if public.is_https() { "; Secure" } else { "" };
        let life = life
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{life}");
        let mut header = HeaderValue::from_str(&text).expect("tokens are plain words");
        header.set_sensitive(true);
        header
    }

    fn read<'a>(self, public: &PublicUrl, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.name(public);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Takes it away.
    pub(super) fn clear(self, public: &PublicUrl) -> HeaderValue {
        self.write(public, "", Some(0))
    }
}

/// The token the browser's code is bound to.
pub(super) fn holder<'a>(public: &PublicUrl, headers: &'a HeaderMap) -> &'a str {
    Cookie::Holder.read(public, headers).unwrap_or_default()
}

/// Gives the browser the token its code is bound to.
pub(super) fn set_holder(public: &PublicUrl, token: &CapabilityToken) -> HeaderValue {
    Cookie::Holder.write(public, token.reveal().expose(), Some(HOLDER_LIFE))
}

/// The tokens of the browser's sessions, the newest first.
pub(super) fn sessions(public: &PublicUrl, headers: &HeaderMap) -> Vec<CapabilityToken> {
    let value = Cookie::Sessions.read(public, headers).unwrap_or_default();
    value
        .split('.')
        .take(SESSIONS)
        .filter_map(|token| CapabilityToken::parse(token).ok())
        .collect()
}

/// Adds a session to those the browser has.
pub(super) fn add_session(
    public: &PublicUrl,
    new: &CapabilityToken,
    known: &[CapabilityToken],
) -> HeaderValue {
    let tokens: Vec<String> = std::iter::once(new)
        .chain(known)
        .take(SESSIONS)
        .map(|token| token.reveal().expose().clone())
        .collect();
    Cookie::Sessions.write(public, &tokens.join("."), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::{OrganizationId, SystemEntropy};
    use uuid::Uuid;

    fn token() -> CapabilityToken {
        CapabilityToken::mint(
            OrganizationId::from_uuid(Uuid::from_u128(1)),
            &SystemEntropy,
        )
    }

    /// What a browser sends back.
    fn echo(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(
            COOKIE,
            HeaderValue::from_str(&format!("a=b; {pair}")).unwrap(),
        );
        headers
    }

    #[test]
    fn a_second_link_does_not_log_out_the_first() {
        let public = PublicUrl::default();
        let (mut known, mut all) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let new = token();
            let headers = echo(&add_session(&public, &new, &known));
            known = sessions(&public, &headers);
            all.insert(0, new);
        }
        assert_eq!(known, all[..4]);
    }

    #[test]
    fn behind_tls_cookies_are_bound_to_the_host() {
        let public = PublicUrl::parse("https://docs.example.org").unwrap();
        let set = set_holder(&public, &token());
        let text = set.to_str().unwrap();
        assert!(text.starts_with("__Host-doc-code="));
        assert!(text.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=600"));
        assert!(set.is_sensitive());
        assert!(
            !set_holder(&PublicUrl::default(), &token())
                .to_str()
                .unwrap()
                .contains("Secure")
        );
    }

    #[test]
    fn other_cookies_are_nobody() {
        let mut headers = HeaderMap::new();
        headers.insert(
            COOKIE,
            HeaderValue::from_static("doc=x.y; doc-code-2=z; xdoc=1"),
        );
        assert!(sessions(&PublicUrl::default(), &headers).is_empty());
        assert_eq!(holder(&PublicUrl::default(), &headers), "");
    }
}
