//! What a ciphertext is bound to, and the name a part is stored under.

use bitewing_core::id::TypedId;
use bitewing_core::{DocumentId, OrganizationId};
use std::fmt;
use std::str::FromStr;

use super::PartSalt;

/// The place of a ciphertext: whose document, which, and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentContext {
    /// The tenant.
    pub organization: OrganizationId,
    /// The document.
    pub document: DocumentId,
    /// Which bytes of it: replacing a file makes a new version with a new data key.
    pub version: u32,
}

impl DocumentContext {
    /// The derivation context of a part. Every field has a fixed width, so no two places share one.
    pub(super) fn part(&self, number: u32) -> Vec<u8> {
        let mut context = self.bind(b'p');
        context.extend_from_slice(&number.to_be_bytes());
        context
    }

    /// The derivation context of the manifest.
    pub(super) fn manifest(&self) -> Vec<u8> {
        self.bind(b'm')
    }

    fn bind(&self, kind: u8) -> Vec<u8> {
        let mut context = Vec::with_capacity(1 + 16 + 16 + 4 + 4);
        context.push(kind);
        context.extend_from_slice(self.organization.uuid().as_bytes());
        context.extend_from_slice(self.document.uuid().as_bytes());
        context.extend_from_slice(&self.version.to_be_bytes());
        context
    }
}

impl fmt::Display for DocumentContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            organization,
            document,
            version,
        } = self;
        write!(f, "o/{organization}/d/{document}/v{version}")
    }
}

/// Where one attempt at a part is stored: `o/<organization>/d/<document>/v<version>/p<part>-<salt>`.
///
/// The salt is random and new for every attempt, so no two attempts share a name and nothing is ever
/// overwritten. Names and types of files never show here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartAddress {
    /// The document version the part belongs to.
    pub context: DocumentContext,
    /// The part's place in it, from 0.
    pub number: u32,
    /// The attempt.
    pub salt: PartSalt,
}

/// The text is not the name of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the address of a part")]
pub struct NotAPartAddress;

impl fmt::Display for PartAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/p{}-{}",
            self.context,
            self.number,
            hex::encode(self.salt.as_bytes())
        )
    }
}

impl FromStr for PartAddress {
    type Err = NotAPartAddress;

    /// Reads back exactly what [`Display`](fmt::Display) writes and nothing else.
    fn from_str(text: &str) -> Result<Self, NotAPartAddress> {
        let address = parse(text).ok_or(NotAPartAddress)?;
        if address.to_string() == text {
            Ok(address)
        } else {
            Err(NotAPartAddress)
        }
    }
}

fn parse(text: &str) -> Option<PartAddress> {
    let mut segments = text.split('/');
    let mut next = |label: &str| segments.next()?.strip_prefix(label);
    next("o")?;
    let organization = id(next("")?)?;
    next("d")?;
    let document = id(next("")?)?;
    let version = next("v")?.parse().ok()?;
    let (number, attempt) = next("p")?.split_once('-')?;
    let mut salt = [0; 24];
    hex::decode_to_slice(attempt, &mut salt).ok()?;
    Some(PartAddress {
        context: DocumentContext {
            organization,
            document,
            version,
        },
        number: number.parse().ok()?,
        salt: PartSalt::from_bytes(salt),
    })
}

fn id<T: TypedId>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn addresses_read_back(
            organization: u128, document: u128, version: u32, number: u32, salt: [u8; 24],
        ) {
            let address = PartAddress {
                context: DocumentContext {
                    organization: OrganizationId::from_uuid(Uuid::from_u128(organization)),
                    document: DocumentId::from_uuid(Uuid::from_u128(document)),
                    version,
                },
                number,
                salt: PartSalt::from_bytes(salt),
            };
            let text = address.to_string();
            prop_assert_eq!(text.parse::<PartAddress>(), Ok(address));
            prop_assert_eq!(format!("{text}/x").parse::<PartAddress>(), Err(NotAPartAddress));
            prop_assert_eq!(text[1..].parse::<PartAddress>(), Err(NotAPartAddress));
            prop_assert_eq!(text.to_uppercase().parse::<PartAddress>(), Err(NotAPartAddress));
        }

        #[test]
        fn any_text_is_an_address_or_refused(text in "[opdv0-9a-f/_-]{0,60}") {
            prop_assert!(text.parse::<PartAddress>().is_err());
        }
    }
}
