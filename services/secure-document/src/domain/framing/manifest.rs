//! The list of parts with name, type, length and hash.

use bitewing_core::Entropy;
use bytes::{Buf, Bytes};
use std::fmt;

use super::key::MessageKeys;
use super::layout::SALT;
use super::message::{MessageWriter, open_whole};
use super::{Damaged, DataKey, DocumentContext, Fingerprint, PartList, PartSalt};
use crate::domain::file_name::FileName;
use crate::domain::media_type::MediaType;

/// The first byte of an encoded manifest; another number is another encoding.
const ENCODING: u8 = 1;

/// What a document is, sealed next to its parts.
///
/// Sealed as a message under a key derived from the data key, its organization, its document and its
/// version, so it opens nowhere else. Part lengths follow from the total length, and the names parts
/// are stored under from their salts, so neither can disagree with what is written here.
#[derive(Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The parts and the total length.
    pub parts: PartList,
    /// SHA-256 of the plaintext.
    pub fingerprint: Fingerprint,
    /// What the bytes are.
    pub media_type: MediaType,
    /// What the file is called.
    pub file_name: FileName,
}

impl Manifest {
    /// Encrypts the manifest, under a new salt each time.
    pub fn seal(&self, key: &DataKey, context: &DocumentContext, entropy: &dyn Entropy) -> Bytes {
        let salt = PartSalt::draw(entropy);
        let plain = self.encode();
        let keys = MessageKeys::derive(key, &salt, &context.manifest());
        let mut message = MessageWriter::new(keys, plain.len() as u64);
        message.push(&plain);
        message.finish()
    }

    /// Decrypts a manifest of exactly this document version.
    pub fn open(key: &DataKey, context: &DocumentContext, sealed: &[u8]) -> Result<Self, Damaged> {
        let salt = sealed.first_chunk::<SALT>().ok_or(Damaged)?;
        let salt = PartSalt::from_bytes(*salt);
        let keys = MessageKeys::derive(key, &salt, &context.manifest());
        Self::decode(open_whole(keys, sealed)?)
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![ENCODING];
        out.extend_from_slice(&self.parts.length().to_be_bytes());
        out.extend_from_slice(self.fingerprint.as_bytes());
        for text in [self.media_type.as_str(), self.file_name.as_str()] {
            out.push(u8::try_from(text.len()).expect("names and types have at most 255 bytes"));
            out.extend_from_slice(text.as_bytes());
        }
        for salt in self.parts.salts() {
            out.extend_from_slice(salt.as_bytes());
        }
        out
    }

    fn decode(mut plain: Bytes) -> Result<Self, Damaged> {
        if plain.try_get_u8().map_err(|_| Damaged)? != ENCODING {
            return Err(Damaged);
        }
        let length = plain.try_get_u64().map_err(|_| Damaged)?;
        let mut fingerprint = [0; 32];
        plain
            .try_copy_to_slice(&mut fingerprint)
            .map_err(|_| Damaged)?;
        let media_type = MediaType::parse(&text(&mut plain)?).map_err(|_| Damaged)?;
        let file_name = FileName::parse(&text(&mut plain)?).map_err(|_| Damaged)?;
        let (salts, []) = plain.as_chunks::<SALT>() else {
            return Err(Damaged);
        };
        let salts = salts.iter().copied().map(PartSalt::from_bytes).collect();
        Ok(Self {
            parts: PartList::new(length, salts)?,
            fingerprint: Fingerprint::from_bytes(fingerprint),
            media_type,
            file_name,
        })
    }
}

fn text(plain: &mut Bytes) -> Result<String, Damaged> {
    let length = plain.try_get_u8().map_err(|_| Damaged)?;
    let mut text = vec![0; usize::from(length)];
    plain.try_copy_to_slice(&mut text).map_err(|_| Damaged)?;
    String::from_utf8(text).map_err(|_| Damaged)
}

impl fmt::Debug for Manifest {
    /// Shows no name, type or hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}
