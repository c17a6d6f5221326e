//! Who is let in: limits, the credential, the access rule. No row is looked up for it.

use super::limits::Limits;
use crate::access_token::{AccessTokens, Denied, Verdict, Verified};
use bitewing_auth::Caller;
use bitewing_rpc::Refusal;
use bitewing_rpc::access::Rule;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use std::net::IpAddr;
use std::sync::Arc;

/// What a request wants to get through.
#[derive(Clone, Copy)]
pub(super) enum Door {
    /// A method of a contract.
    Method(&'static Rule),
    /// Bytes for any known caller; the service checks what it may.
    Known,
    /// A page for anyone.
    Open,
}

/// Checks requests.
pub(super) struct Admission {
    tokens: AccessTokens,
    denied: Denied,
    limits: Arc<Limits>,
}

/// Who was let in.
pub(super) struct Admitted(Option<Arc<Verified>>);

impl Admitted {
    /// The caller; none where nobody signed in.
    pub(super) fn caller(&self) -> Option<&Caller> {
        self.0.as_ref().map(|verified| &verified.caller)
    }
}

impl Admission {
    pub(super) const fn new(tokens: AccessTokens, denied: Denied, limits: Arc<Limits>) -> Self {
        Self {
            tokens,
            denied,
            limits,
        }
    }

    /// Lets a request in, or says why not.
    pub(super) fn admit(
        &self,
        door: Door,
        headers: &HeaderMap,
        client: IpAddr,
    ) -> Result<Admitted, Refusal> {
        let public =
            matches!(door, Door::Open) || matches!(door, Door::Method(rule) if rule.public);
        if public {
            self.limits.count_stranger(client)?;
            return Ok(Admitted(None));
        }
        let verified = match self.credential(headers) {
            Ok(verified) => verified,
            Err(refusal) => {
                self.limits.count_stranger(client)?;
                return Err(refusal);
            }
        };
        self.limits.count(&verified.caller)?;
        match door {
            Door::Method(rule) if !rule.allows(&verified.caller) => Err(Refusal::Forbidden),
            _ => Ok(Admitted(Some(verified))),
        }
    }

    /// Counts what a provider calls back.
    pub(super) fn count_hook(&self, client: IpAddr) -> Result<(), Refusal> {
        self.limits.count_hook(client)
    }

    /// Counts a request that is let in without a caller.
    pub(super) fn count_stranger(&self, client: IpAddr) -> Result<(), Refusal> {
        self.limits.count_stranger(client)
    }

    fn credential(&self, headers: &HeaderMap) -> Result<Arc<Verified>, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Refusal::Unauthenticated);
        };
        let token = value
            .to_str()
            .ok()
            .and_then(bearer)
            .ok_or(Refusal::Unauthenticated)?;
        let verified = self
            .tokens
            .verify(token)
            .map_err(|_| Refusal::Unauthenticated)?;
        match self.denied.judge(&verified) {
            Verdict::Live => Ok(verified),
            Verdict::Revoked => Err(Refusal::Unauthenticated),
            Verdict::Unknown => Err(Refusal::PeerUnavailable),
        }
    }
}

/// The token of `Bearer <token>`; the scheme's case does not count (RFC 9110 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bearer_tokens_only() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for value in ["", "Bearer", "abc", "Basic abc", "Bearerabc"] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }
}
