//! Tokens that open one thing.
//!
//! base64url(organization, 16 bytes, then 32 random bytes), no padding: 64 characters. The organization
//! in clear routes the token to its tenant; the 256 random bits are the secret (W3C TAG "Capability
//! URLs" asks for 120, ASVS 5.0 7.2.3 for 128). Only the SHA-256 of the whole is ever stored.

use crate::{Entropy, OrganizationId, Sensitive, random};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

const LENGTH: usize = 48;

/// A link token, an invitation, a session or a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapabilityToken(Sensitive<[u8; LENGTH]>);

/// The text is not a token: wrong length or alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a token")]
pub struct NotAToken;

impl CapabilityToken {
    /// Draws a new token.
    pub fn mint(organization: OrganizationId, entropy: &dyn Entropy) -> Self {
        let mut token = [0; LENGTH];
        token[..16].copy_from_slice(organization.uuid().as_bytes());
        token[16..].copy_from_slice(&random::bytes::<32>(entropy));
        Self(Sensitive::new(token))
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let mut token = [0; LENGTH];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut token) {
            Ok(LENGTH) => Ok(Self(Sensitive::new(token))),
            _ => Err(NotAToken),
        }
    }

    /// The organization the token claims: a route, not a proof.
    pub fn organization(&self) -> OrganizationId {
        let mut route = [0; 16];
        route.copy_from_slice(&self.0.expose()[..16]);
        OrganizationId::from_uuid(Uuid::from_bytes(route))
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, self.0.expose()).as_ref());
        hash
    }

    /// The text form, for its holder only.
    pub fn reveal(&self) -> Sensitive<String> {
        Sensitive::new(URL_SAFE_NO_PAD.encode(self.0.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn reads_back_and_names_its_organization() {
        let organization = OrganizationId::from_uuid(Uuid::from_u128(42));
        let token = CapabilityToken::mint(organization, &SystemEntropy);
        let text = token.reveal();
        assert_eq!(text.expose().len(), 64);
        let read = CapabilityToken::parse(text.expose()).unwrap();
        assert_eq!(read.organization(), organization);
        assert_eq!(read.hash(), token.hash());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "a",
            "é",
            &"A".repeat(63),
            &"A".repeat(65),
            &"=".repeat(64),
        ] {
            assert_eq!(CapabilityToken::parse(text), Err(NotAToken));
        }
    }
}
