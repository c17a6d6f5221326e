//! How a document becomes ciphertext and comes back, one part and one range at a time.
//!
//! A document is cut into parts of 8 MiB. Every *attempt* to write a part is a message of its own in
//! the Cobblestone-256 form of <https://c2sp.org/chunked-encryption> (HKDF-SHA-512, AES-256-GCM):
//!
//! ```text
//! salt (24) | commitment (32) | chunk 0 (16,384 + 16) | chunk 1 | ... | last chunk (0..16,383 + 16)
//! ```
//!
//! A retried part draws a new salt, hence a new key, so no (key, nonce) pair can serve twice however
//! often a client resends other bytes at the same offset. The organization, the document, its version
//! and the part number go into the key derivation: a part moved anywhere else does not open.
//!
//! What single parts cannot tell (one is missing, an older attempt was put back) the sealed
//! [`Manifest`] does: it lists the salt of every part and is itself such a message, opened before the
//! first byte leaves. Plaintext only ever comes out of functions that verified it.
//!
//! | module | holds |
//! |---|---|
//! | [`key`] | the data key, salts, and what is derived from them |
//! | [`context`] | what a ciphertext is bound to, and the name a part is stored under |
//! | [`layout`] | the arithmetic between plaintext and ciphertext positions |
//! | `message` | one message: sealed as bytes arrive, opened in place |
//! | [`part`] | a message that is a part |
//! | [`manifest`] | the list of parts with name, type, length and hash |
//! | [`document`] | an opened document: which pieces to fetch for a range, and how to open them |
//! | [`fingerprint`] | the running SHA-256 of the plaintext |

pub mod context;
pub mod document;
pub mod fingerprint;
pub mod key;
pub mod layout;
pub mod manifest;
mod message;
pub mod part;
#[cfg(test)]
mod tests;

pub use context::{DocumentContext, PartAddress};
pub use document::{OpenDocument, PartList, Piece};
pub use fingerprint::{Fingerprint, FingerprintWriter};
pub use key::{DataKey, PartSalt};
pub use manifest::Manifest;
pub use part::{PartReader, PartWriter, SealedPart};

/// The ciphertext is not what was written: changed, cut, moved, or under another key.
///
/// It says no more on purpose: what exactly failed helps nobody but a forger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document is damaged")]
pub struct Damaged;
