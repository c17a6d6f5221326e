//! Signs and reads access tokens.

use super::TokenKeys;
use super::claims::{Claims, Frame};
use aws_lc_rs::digest;
use bitewing_auth::Caller;
use bitewing_core::{Clock, Ids};
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::sync::Cache;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// Seconds a token lives.
pub(crate) const LIFE: i64 = 15 * 60;
/// Seconds two machines' clocks may differ by.
const LEEWAY: i64 = 5;
/// The type of RFC 9068 2.1.
const TYPE: &str = "at+jwt";
/// Longer texts are not looked at: 100 clinics and every scope fit.
const LONGEST: usize = 12 * 1024;

/// A token that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// For whom it speaks.
    pub(crate) caller: Caller,
    /// Its identifier.
    pub(crate) id: Uuid,
    /// The session it belongs to.
    pub(crate) session: Option<Uuid>,
    /// The user or API client.
    pub(crate) subject: Option<Uuid>,
    /// As `client_id` in introspection.
    pub(crate) client_id: String,
    /// When it was made, in seconds.
    pub(crate) issued: i64,
    /// When it ends, in seconds.
    pub(crate) expires: i64,
}

impl Verified {
    /// The identifiers of which any can be revoked.
    pub(crate) fn revocable(&self) -> impl Iterator<Item = Uuid> {
        [Some(self.id), self.session, self.subject]
            .into_iter()
            .flatten()
    }
}

/// The text is not a token of this installation, or is one no longer. The holder learns nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub(crate) struct InvalidToken;

/// Signs and reads access tokens; a read one is remembered by its hash until it ends.
#[derive(Clone)]
pub(crate) struct AccessTokens {
    issuer: Arc<str>,
    keys: Arc<TokenKeys>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    known: Cache<[u8; 32], Arc<Verified>>,
}

impl AccessTokens {
    pub(crate) fn new(
        issuer: &str,
        keys: TokenKeys,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            keys: Arc::new(keys),
            clock,
            ids,
            known: Cache::new(100_000),
        }
    }

    /// Remembers at most so many verified tokens instead of 100,000.
    pub(crate) fn remembering(self, tokens: u64) -> Self {
        Self {
            known: Cache::new(tokens),
            ..self
        }
    }

    /// The issuer, which is also the audience.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The public keys.
    pub(crate) fn jwks(&self) -> Value {
        self.keys.jwks()
    }

    /// Signs a token for a caller, within a session if it is a user's.
    pub(crate) fn issue(&self, caller: &Caller, session: Option<Uuid>) -> String {
        let issued = self.clock.now().unix_timestamp();
        let frame = Frame {
            issuer: &self.issuer,
            issued,
            expires: issued + LIFE,
            id: self.ids.next(),
            session,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.keys.signing().kid().to_owned());
        let claims = Claims::new(caller, &frame);
        jsonwebtoken::encode(&header, &claims, self.keys.signing().encoding())
            .expect("claims of strings and numbers serialize, and the key is Ed25519")
    }

    /// Reads a token: by a known key, of this type, for this audience, not expired. Whether it was
    /// revoked is another question.
    pub(crate) fn verify(&self, token: &str) -> Result<Arc<Verified>, InvalidToken> {
        if token.len() > LONGEST {
            return Err(InvalidToken);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        let now = self.clock.now().unix_timestamp();
        let verified = if let Some(known) = self.known.get(&hash) {
            known
        } else {
            let fresh = Arc::new(self.read(token)?);
            self.known.insert(hash, Arc::clone(&fresh));
            fresh
        };
        if now >= verified.expires {
            self.known.invalidate(&hash);
            return Err(InvalidToken);
        }
        if verified.issued > now + LEEWAY {
            return Err(InvalidToken);
        }
        Ok(verified)
    }

    fn read(&self, token: &str) -> Result<Verified, InvalidToken> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| InvalidToken)?;
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(InvalidToken);
        }
        let key = header
            .kid
            .and_then(|kid| self.keys.find(&kid))
            .ok_or(InvalidToken)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&*self.issuer]);
        validation.set_audience(&[&*self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // checked against the injected clock by the caller
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|_| InvalidToken)?
            .claims;
        if claims.exp - claims.iat > LIFE {
            return Err(InvalidToken);
        }
        let (caller, subject) = claims.caller().ok_or(InvalidToken)?;
        Ok(Verified {
            caller,
            id: claims.jti,
            session: claims.sid,
            subject,
            client_id: claims.client_id,
            issued: claims.iat,
            expires: claims.exp,
        })
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessTokens({})", self.issuer)
    }
}

#[cfg(test)]
mod tests;
