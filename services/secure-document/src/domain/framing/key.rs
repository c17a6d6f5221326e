//! The data key, salts, and what is derived from them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Prk};
use bitewing_core::{Entropy, Sensitive, random};
use std::fmt;

use super::Damaged;
use super::layout::{COMMITMENT, HEADER, SALT};

const KEY: usize = 32;
const DERIVED: usize = KEY + NONCE_LEN + COMMITMENT;
/// The prefix of the specification and the AEAD's name in the IANA registry, ended by a zero byte.
const LABEL: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/// The key of one version of one document. Losing it is erasing the document.
#[derive(Debug)]
pub struct DataKey(Sensitive<[u8; KEY]>);

impl DataKey {
    /// Draws a new key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Sensitive::new(random::bytes(entropy)))
    }

    /// Takes a key that was unwrapped.
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(Sensitive::new(bytes))
    }

    /// The key itself, to be wrapped.
    pub fn expose(&self) -> &[u8; KEY] {
        self.0.expose()
    }
}

/// What makes one attempt at a part different from every other: 24 random bytes, not secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartSalt([u8; SALT]);

impl PartSalt {
    /// Draws a new salt.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(random::bytes(entropy))
    }

    /// Takes a stored salt.
    pub const fn from_bytes(bytes: [u8; SALT]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; SALT] {
        &self.0
    }
}

impl fmt::Debug for PartSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The AES key, base nonce and commitment of one message.
pub(super) struct MessageKeys {
    aead: LessSafeKey,
    base_nonce: [u8; NONCE_LEN],
    header: [u8; HEADER],
}

impl MessageKeys {
    pub(super) fn derive(key: &DataKey, salt: &PartSalt, context: &[u8]) -> Self {
        let derived = expand(key, salt, context);
        let (aes, rest) = derived.expose().split_at(KEY);
        let (nonce, commitment) = rest.split_at(NONCE_LEN);

        let mut base_nonce = [0; NONCE_LEN];
        base_nonce.copy_from_slice(nonce);
        let mut header = [0; HEADER];
        header[..SALT].copy_from_slice(salt.as_bytes());
        header[SALT..].copy_from_slice(commitment);
        let aes = UnboundKey::new(&AES_256_GCM, aes).expect("32 bytes are an AES-256 key");
        Self {
            aead: LessSafeKey::new(aes),
            base_nonce,
            header,
        }
    }

    /// What a message starts with: its salt and the commitment to its key.
    pub(super) const fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Checks that a stored message starts as one under these keys does.
    pub(super) fn check_header(&self, stored: &[u8]) -> Result<(), Damaged> {
        verify_slices_are_equal(&self.header, stored).map_err(|_| Damaged)
    }

    /// Encrypts a chunk where it lies.
    pub(super) fn seal(&self, counter: u64, chunk: &mut [u8]) -> Tag {
        self.aead
            .seal_in_place_separate_tag(self.nonce(counter), Aad::empty(), chunk)
            .expect("a chunk is far below the limits of AES-GCM")
    }

    /// Verifies and decrypts the sealed chunk that starts `gap` bytes into `room`, leaving its
    /// plaintext at the start of `room`.
    pub(super) fn open(&self, counter: u64, room: &mut [u8], gap: usize) -> Result<(), Damaged> {
        self.aead
            .open_within(self.nonce(counter), Aad::empty(), room, gap..)
            .map(|_| ())
            .map_err(|_| Damaged)
    }

    fn nonce(&self, counter: u64) -> Nonce {
        Nonce::assume_unique_for_key(chunk_nonce(self.base_nonce, counter))
    }
}

/// The base nonce XOR the chunk number as a big-endian integer of the same width.
fn chunk_nonce(mut nonce: [u8; NONCE_LEN], counter: u64) -> [u8; NONCE_LEN] {
    for (byte, count) in nonce[NONCE_LEN - 8..].iter_mut().zip(counter.to_be_bytes()) {
        *byte ^= count;
    }
    nonce
}

struct Derived;

impl KeyType for Derived {
    fn len(&self) -> usize {
        DERIVED
    }
}

fn expand(key: &DataKey, salt: &PartSalt, context: &[u8]) -> Sensitive<[u8; DERIVED]> {
    let mut derived = [0; DERIVED];
    Prk::new_less_safe(HKDF_SHA512, key.expose())
        .expand(&[LABEL, salt.as_bytes(), context], Derived)
        .and_then(|okm| okm.fill(&mut derived))
        .expect("76 bytes are within HKDF's limit");
    Sensitive::new(derived)
}

#[cfg(test)]
mod tests {
    use super::super::DocumentContext;
    use super::super::layout::{PART, chunks};
    use super::*;
    use bitewing_core::{DocumentId, OrganizationId, SystemEntropy};
    use std::collections::HashSet;
    use uuid::Uuid;

    const DOCUMENT: DocumentContext = DocumentContext {
        organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
        document: DocumentId::from_uuid(Uuid::from_u128(2)),
        version: 1,
    };

    /// AES key and base nonce without its lower 38 bits, which the chunk counter may change.
    fn stream(key: &DataKey, salt: &PartSalt, context: &[u8]) -> [u8; KEY + NONCE_LEN] {
        let mut stream = [0; KEY + NONCE_LEN];
        stream.copy_from_slice(&expand(key, salt, context).expose()[..KEY + NONCE_LEN]);
        stream[KEY + NONCE_LEN - 5] &= 0b1100_0000;
        stream[KEY + NONCE_LEN - 4..].fill(0);
        stream
    }

    #[test]
    fn no_key_and_nonce_pair_serves_two_attempts_of_the_same_parts() {
        let key = DataKey::generate(&SystemEntropy);
        let mut seen = HashSet::new();
        for attempt in 0..100_000 {
            let salt = PartSalt::draw(&SystemEntropy);
            assert!(seen.insert(stream(&key, &salt, &DOCUMENT.part(attempt % 64))));
        }
    }

    #[test]
    fn no_nonce_serves_two_chunks_of_one_part() {
        for base in [[0; NONCE_LEN], [0xff; NONCE_LEN], *b"base \0nonce\x7f"] {
            let nonces: HashSet<_> = (0..chunks(PART))
                .map(|counter| chunk_nonce(base, counter))
                .collect();
            assert_eq!(nonces.len() as u64, chunks(PART));
        }
    }

    #[test]
    fn one_salt_in_two_places_gives_two_keys() {
        let key = DataKey::generate(&SystemEntropy);
        let salt = PartSalt::draw(&SystemEntropy);
        let mut contexts = vec![DOCUMENT.manifest()];
        contexts.extend((0..64).map(|part| DOCUMENT.part(part)));
        contexts.push(
            DocumentContext {
                version: 2,
                ..DOCUMENT
            }
            .part(0),
        );
        let other = DocumentId::from_uuid(Uuid::from_u128(3));
        contexts.push(
            DocumentContext {
                document: other,
                ..DOCUMENT
            }
            .part(0),
        );
        let other = OrganizationId::from_uuid(Uuid::from_u128(3));
        contexts.push(
            DocumentContext {
                organization: other,
                ..DOCUMENT
            }
            .part(0),
        );
        let seen: HashSet<_> = contexts
            .iter()
            .map(|context| stream(&key, &salt, context))
            .collect();
        assert_eq!(seen.len(), contexts.len());
    }

    #[test]
    fn keys_never_print() {
        let key = DataKey::from_bytes([0xab; KEY]);
        assert_eq!(format!("{key:?}"), "DataKey([sensitive])");
    }
}
