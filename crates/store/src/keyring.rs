//! Key-encryption keys by version: what rests in a row rests sealed to that row.
//!
//! A sealed value is `1 | key version, 4 bytes | 24 random bytes | AES-256-GCM ciphertext and tag`.
//! The first 12 random bytes select a key derived from the ring's (HKDF-SHA-256, RFC 5869), the last
//! 12 are the nonce, as in XAES-256-GCM: one ring key then seals far more than the 2^32 values that
//! NIST SP 800-38D 8.3 allows for random nonces alone. The additional data binds organization,
//! table, row, column and key version, so that a value copied to another place does not open there.

use aws_lc_rs::aead::{AES_256_GCM, Aad as Additional, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_core::{Entropy, OrganizationId, Sensitive, random};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

const FORMAT: u8 = 1;
const HEADER: usize = 5;
const RANDOM: usize = 24;
const HALF: usize = RANDOM / 2;

/// A 256-bit key.
pub type Key = Sensitive<[u8; 32]>;

/// Where a sealed value belongs.
#[derive(Debug, Clone, Copy)]
pub struct Aad<'a> {
    /// Whose row it is.
    pub organization: OrganizationId,
    /// The table, with its schema.
    pub table: &'static str,
    /// The row's key.
    pub row: &'a [u8],
    /// The column, or the purpose of a wrapped key.
    pub column: &'static str,
}

impl Aad<'_> {
    /// Every part behind its length, so that no two places share an encoding.
    fn encode(&self, version: u32) -> Vec<u8> {
        let mut out = version.to_be_bytes().to_vec();
        let organization = self.organization.uuid();
        for part in [
            organization.as_bytes(),
            self.table.as_bytes(),
            self.row,
            self.column.as_bytes(),
        ] {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

/// A sealed value does not open here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub struct Tampered;

impl From<Tampered> for crate::StoreError {
    fn from(_: Tampered) -> Self {
        Self::Tampered
    }
}

/// Why a set of keys is no ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no key.
    #[error("holds no key")]
    Empty,
    /// A version appears twice.
    #[error("holds a version twice")]
    Duplicate,
    /// An entry is not `version:base64 of 32 bytes`.
    #[error("must be a list of version:base64 of 32 bytes")]
    Malformed,
}

/// The ring. The newest version seals, every version opens.
pub struct Keyring {
    keys: BTreeMap<u32, Key>,
    newest: u32,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("versions", &self.keys.keys())
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// Makes a ring of versioned keys.
    pub fn new(
        versions: impl IntoIterator<Item = (u32, Key)>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, KeyringError> {
        let mut keys = BTreeMap::new();
        for (version, key) in versions {
            if keys.insert(version, key).is_some() {
                return Err(KeyringError::Duplicate);
            }
        }
        let newest = *keys.keys().next_back().ok_or(KeyringError::Empty)?;
        Ok(Self {
            keys,
            newest,
            entropy,
        })
    }

    /// Reads `2:base64,1:base64`, the form of a setting.
    pub fn parse(
        text: &Sensitive<String>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, KeyringError> {
        let entries = text
            .expose()
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let keys: Result<Vec<_>, _> = entries.map(parse_entry).collect();
        Self::new(keys?, entropy)
    }

    /// Seals a value to its place.
    pub fn seal(&self, place: &Aad<'_>, plaintext: &[u8]) -> Vec<u8> {
        let random: [u8; RANDOM] = random::bytes(&*self.entropy);
        let mut sealed =
            Vec::with_capacity(HEADER + RANDOM + plaintext.len() + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&self.newest.to_be_bytes());
        sealed.extend_from_slice(&random);
        let mut body = plaintext.to_vec();
        let (key, nonce) = derive(&self.keys[&self.newest], &random);
        key.seal_in_place_append_tag(
            nonce,
            Additional::from(place.encode(self.newest)),
            &mut body,
        )
        .expect("a value in memory is far below the limit of AES-GCM");
        sealed.append(&mut body);
        sealed
    }

    /// Opens a value at its place.
    pub fn open(&self, place: &Aad<'_>, sealed: &[u8]) -> Result<Sensitive<Vec<u8>>, Tampered> {
        let version = Self::version(sealed).ok_or(Tampered)?;
        let (random, ciphertext) = sealed[HEADER..]
            .split_first_chunk::<RANDOM>()
            .ok_or(Tampered)?;
        let (key, nonce) = derive(self.keys.get(&version).ok_or(Tampered)?, random);
        let mut body = ciphertext.to_vec();
        let length = key
            .open_in_place(nonce, Additional::from(place.encode(version)), &mut body)
            .map_err(|_| Tampered)?
            .len();
        body.truncate(length);
        Ok(Sensitive::new(body))
    }

    /// Draws a data key, for something too large or too short-lived for the ring itself.
    pub fn draw(&self) -> Key {
        Sensitive::new(random::bytes(&*self.entropy))
    }

    /// Seals a data key to its place.
    pub fn wrap(&self, place: &Aad<'_>, key: &Key) -> Vec<u8> {
        self.seal(place, key.expose())
    }

    /// Opens a data key at its place.
    pub fn unwrap(&self, place: &Aad<'_>, wrapped: &[u8]) -> Result<Key, Tampered> {
        let opened = self.open(place, wrapped)?;
        opened
            .expose()
            .as_slice()
            .try_into()
            .map(Sensitive::new)
            .map_err(|_| Tampered)
    }

    /// The version a value was sealed with: what a rotation looks for.
    pub fn version(sealed: &[u8]) -> Option<u32> {
        let (header, _) = sealed.split_first_chunk::<HEADER>()?;
        let [format, version @ ..] = *header;
        (format == FORMAT).then(|| u32::from_be_bytes(version))
    }

    /// The version that seals.
    pub const fn newest(&self) -> u32 {
        self.newest
    }
}

fn parse_entry(entry: &str) -> Result<(u32, Key), KeyringError> {
    let (version, key) = entry.split_once(':').ok_or(KeyringError::Malformed)?;
    let version = version.parse().map_err(|_| KeyringError::Malformed)?;
    let key = Sensitive::new(STANDARD.decode(key).map_err(|_| KeyringError::Malformed)?);
    let key = key
        .expose()
        .as_slice()
        .try_into()
        .map_err(|_| KeyringError::Malformed)?;
    Ok((version, Sensitive::new(key)))
}

fn derive(key: &Key, random: &[u8; RANDOM]) -> (LessSafeKey, Nonce) {
    let (selector, nonce) = random.split_at(HALF);
    let extracted = Salt::new(HKDF_SHA256, b"bitewing.keyring.v1").extract(key.expose());
    let info = [selector];
    let derived = extracted
        .expand(&info, &AES_256_GCM)
        .expect("32 bytes is one block of HKDF");
    let nonce = Nonce::try_assume_unique_for_key(nonce).expect("half the random bytes is a nonce");
    (LessSafeKey::new(UnboundKey::from(derived)), nonce)
}

#[cfg(test)]
mod tests;
