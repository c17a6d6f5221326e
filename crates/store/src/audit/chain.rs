//! The bytes that are hashed and signed. They are a format: a chain sealed today must verify in ten
//! years, so nothing here may change without a new domain string.

use aws_lc_rs::digest::{Context, SHA256};
use bitewing_core::OrganizationId;
use time::OffsetDateTime;
use uuid::Uuid;

const LINK: &[u8] = b"bitewing.audit.entry.v1";
const HEAD: &[u8] = b"bitewing.audit.head.v1";

pub(super) type Hash = [u8; 32];

/// What stands before the first entry.
pub(super) const GENESIS: Hash = [0; 32];

/// A place in a chain somebody kept elsewhere: everything up to it can be proved against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Entries up to it.
    pub seq: i64,
    /// The hash of the last of them.
    pub hash: [u8; 32],
}

impl Anchor {
    /// What a head's signature is made over.
    pub fn message(&self, organization: OrganizationId, signed_at: OffsetDateTime) -> Vec<u8> {
        let mut message = HEAD.to_vec();
        message.extend_from_slice(organization.uuid().as_bytes());
        message.extend_from_slice(&self.seq.to_be_bytes());
        message.extend_from_slice(&self.hash);
        message.extend_from_slice(&micros(signed_at).to_be_bytes());
        message
    }
}

/// An entry as the database holds it.
pub(super) struct Content {
    pub(super) organization: Uuid,
    pub(super) id: Uuid,
    pub(super) at: OffsetDateTime,
    pub(super) actor_kind: String,
    pub(super) actor_id: String,
    pub(super) clinic: Option<Uuid>,
    pub(super) action: String,
    pub(super) resource: String,
    /// As Postgres writes a `jsonb`: keys sorted, spaces fixed.
    pub(super) details: String,
    pub(super) request_id: String,
}

/// An entry on its way into the hash; its place is hashed last, so that many can be tried.
pub(super) struct Link(Context);

impl Link {
    pub(super) fn new(previous: &[u8], content: &Content) -> Self {
        let mut link = Self(Context::new(&SHA256));
        link.part(LINK);
        link.part(previous);
        link.part(content.organization.as_bytes());
        link.part(content.id.as_bytes());
        link.part(&micros(content.at).to_be_bytes());
        // A missing clinic has no bytes; a present one always has sixteen.
        link.part(
            content
                .clinic
                .as_ref()
                .map_or(&[], |clinic| clinic.as_bytes().as_slice()),
        );
        for text in [
            &content.actor_kind,
            &content.actor_id,
            &content.action,
            &content.resource,
            &content.details,
            &content.request_id,
        ] {
            link.part(text.as_bytes());
        }
        link
    }

    /// The entry's hash at a place.
    pub(super) fn at(&self, seq: i64) -> Hash {
        let mut context = self.0.clone();
        context.update(&seq.to_be_bytes());
        context
            .finish()
            .as_ref()
            .try_into()
            .expect("SHA-256 has 32 bytes")
    }

    /// Every part behind its length, so that no two entries share an encoding.
    fn part(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part);
    }
}

/// Microseconds since 1970: what Postgres keeps.
fn micros(instant: OffsetDateTime) -> i64 {
    i64::try_from(instant.unix_timestamp_nanos() / 1_000)
        .expect("a timestamp of Postgres in microseconds fits 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(parts: [String; 6], clinic: Option<u128>) -> Content {
        let [actor_kind, actor_id, action, resource, details, request_id] = parts;
        Content {
            organization: Uuid::from_u128(1),
            id: Uuid::from_u128(2),
            at: OffsetDateTime::UNIX_EPOCH,
            actor_kind,
            actor_id,
            clinic: clinic.map(Uuid::from_u128),
            action,
            resource,
            details,
            request_id,
        }
    }

    proptest! {
        #[test]
        fn different_entries_hash_differently(
            one: ([String; 6], Option<u128>),
            other: ([String; 6], Option<u128>),
        ) {
            prop_assume!(one != other);
            let hash = |(parts, clinic)| Link::new(&GENESIS, &content(parts, clinic)).at(1);
            prop_assert_ne!(hash(one), hash(other));
        }
    }

    #[test]
    fn the_format_is_fixed() {
        let parts = [
            "user",
            "usr_1",
            "patient.read",
            "pat_1",
            "{\"a\": 1}",
            "req",
        ];
        let link = Link::new(&GENESIS, &content(parts.map(str::to_owned), Some(3)));
        assert_eq!(hex::encode(link.at(1)), FIXED);
        assert_ne!(link.at(1), link.at(2));
    }

    /// Computed once from the format in the module's words, by another program.
    const FIXED: &str = "feb04f943db3030e1b5a30785766cc270f13a9700dfab121a72882b1c6a8f245";
}
