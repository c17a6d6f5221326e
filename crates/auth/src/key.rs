//! Ed25519 keys and key sets.

use crate::Service;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A key text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64 of a PKCS#8 Ed25519 key.
    #[error("is not base64 of a PKCS#8 Ed25519 private key")]
    Private,
    /// Not a JSON object of services and lists of base64url public keys.
    #[error("is not a JSON object from service names to lists of base64url Ed25519 public keys")]
    Set,
}

/// An Ed25519 private key.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Ed25519KeyPair,
    encoding: EncodingKey,
    kid: String,
    pkcs8: String,
}

impl SigningKey {
    /// Makes a key with the operating system's randomness.
    pub fn generate() -> Self {
        let pair = Ed25519KeyPair::generate().expect("the operating system gives randomness");
        let document = pair.to_pkcs8v1().expect("an Ed25519 key has a PKCS#8 form");
        Self::from_der(document.as_ref()).expect("a fresh key reads back")
    }

    /// Reads base64 of PKCS#8.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let der = STANDARD
            .decode(text.trim())
            .map_err(|_| KeyError::Private)?;
        Self::from_der(&der)
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let pair =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyError::Private)?;
        let kid = thumbprint(pair.public_key().as_ref());
        Ok(Self(Arc::new(Inner {
            pair,
            encoding: EncodingKey::from_ed_der(der),
            kid,
            pkcs8: STANDARD.encode(der),
        })))
    }

    /// The text [`Self::parse`] reads: a secret.
    pub fn reveal(&self) -> bitewing_core::Sensitive<String> {
        self.0.pkcs8.clone().into()
    }

    /// RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The public key, base64url.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.pair.public_key().as_ref())
    }

    /// For `jsonwebtoken`.
    pub fn encoding(&self) -> &EncodingKey {
        &self.0.encoding
    }

    /// Signs bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.0.kid)
    }
}

/// RFC 7638 thumbprint of an Ed25519 public key.
pub fn thumbprint(public: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    URL_SAFE_NO_PAD.encode(digest)
}

/// Whether the signature over the message is by the base64url public key.
pub fn verify(public: &str, message: &[u8], signature: &[u8]) -> bool {
    URL_SAFE_NO_PAD.decode(public).is_ok_and(|key| {
        UnparsedPublicKey::new(&ED25519, key)
            .verify(message, signature)
            .is_ok()
    })
}

/// The public keys of the services, several per service while one is rotated.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: BTreeMap<String, (Service, DecodingKey)>,
}

impl KeySet {
    /// Adds a service's public key, base64url.
    pub fn with(mut self, service: Service, public: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(public).map_err(|_| KeyError::Set)?;
        let key = DecodingKey::from_ed_components(public).map_err(|_| KeyError::Set)?;
        self.keys.insert(thumbprint(&bytes), (service, key));
        Ok(self)
    }

    /// Reads `{"gateway": ["<base64url>"], ...}`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let keys: BTreeMap<Service, Vec<String>> =
            serde_json::from_str(text).map_err(|_| KeyError::Set)?;
        keys.into_iter()
            .flat_map(|(service, keys)| keys.into_iter().map(move |key| (service, key)))
            .try_fold(Self::default(), |set, (service, key)| {
                set.with(service, &key)
            })
    }

    /// The key of a `kid` and whose it is.
    pub fn find(&self, kid: &str) -> Option<&(Service, DecodingKey)> {
        self.keys.get(kid)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}
