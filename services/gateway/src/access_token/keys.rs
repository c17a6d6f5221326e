//! The keys of access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_auth::SigningKey;
use bitewing_auth::key::{KeyError, thumbprint};
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One key signs; its public half and those of other keys are believed and published, so that a key
/// can be replaced: publish the next one, wait five minutes (the answer may be cached as long), sign
/// with it, and keep the one before for 15 minutes.
#[derive(Debug, Clone)]
pub struct TokenKeys {
    signing: SigningKey,
    public: BTreeMap<String, PublicKey>,
}

#[derive(Clone)]
struct PublicKey {
    text: String,
    key: DecodingKey,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl TokenKeys {
    /// Signs with a key and believes it alone.
    pub fn new(signing: SigningKey) -> Self {
        let public = signing.public();
        let keys = Self {
            signing,
            public: BTreeMap::new(),
        };
        keys.with_retired(&public)
            .expect("the public half of an Ed25519 key is one")
    }

    /// Believes another public key as well, base64url.
    pub fn with_retired(mut self, public: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(public)
            .ok()
            .filter(|bytes| bytes.len() == 32)
            .ok_or(KeyError::Set)?;
        let key = DecodingKey::from_ed_components(public).map_err(|_| KeyError::Set)?;
        let text = public.to_owned();
        self.public
            .insert(thumbprint(&bytes), PublicKey { text, key });
        Ok(self)
    }

    pub(super) const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    pub(super) fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.public.get(kid).map(|public| &public.key)
    }

    /// The key set others verify with (RFC 7517, RFC 8037).
    pub(super) fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .public
            .iter()
            .map(|(kid, public)| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": kid, "x": public.text,
                })
            })
            .collect();
        json!({ "keys": keys })
    }
}
