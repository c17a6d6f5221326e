//! A message that is a part of a document.

use bitewing_core::Entropy;
use bytes::{Bytes, BytesMut};
use std::fmt;

use super::key::MessageKeys;
use super::layout::{PART, Span, part_length, sealed_length};
use super::message::{MessageReader, MessageWriter};
use super::{Damaged, DataKey, DocumentContext, PartAddress, PartSalt};

/// One attempt at a part: takes plaintext until 8 MiB are in, encrypting as it comes.
pub struct PartWriter {
    address: PartAddress,
    message: MessageWriter,
}

impl PartWriter {
    /// Starts an attempt, with a salt and hence a key of its own.
    pub fn new(
        key: &DataKey,
        context: DocumentContext,
        number: u32,
        entropy: &dyn Entropy,
    ) -> Self {
        let salt = PartSalt::draw(entropy);
        let keys = MessageKeys::derive(key, &salt, &context.part(number));
        Self {
            address: PartAddress {
                context,
                number,
                salt,
            },
            message: MessageWriter::new(keys, PART),
        }
    }

    /// Takes as much of `bytes` as the part has room for and says how much that was.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min((PART - self.message.length()) as usize);
        self.message.push(&bytes[..taken]);
        taken
    }

    /// Plaintext bytes taken so far.
    pub fn length(&self) -> u64 {
        self.message.length()
    }

    /// Whether the part takes no more.
    pub fn is_full(&self) -> bool {
        self.length() == PART
    }

    /// Ends the part.
    pub fn finish(self) -> SealedPart {
        SealedPart {
            address: self.address,
            length: self.message.length(),
            bytes: self.message.finish(),
        }
    }
}

impl fmt::Debug for PartWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartWriter")
            .field("address", &self.address)
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

/// A part as it is stored.
#[derive(Debug, Clone)]
pub struct SealedPart {
    /// Where it goes.
    pub address: PartAddress,
    /// Its plaintext bytes.
    pub length: u64,
    /// The ciphertext.
    pub bytes: Bytes,
}

/// Opens ranges of a stored part.
pub struct PartReader {
    message: MessageReader,
    length: u64,
}

impl PartReader {
    /// Checks the first [`HEADER`](super::layout::HEADER) bytes of a stored part and its size, which
    /// follows from the length of the document.
    pub fn new(
        key: &DataKey,
        address: &PartAddress,
        document_length: u64,
        header: &[u8],
        stored_length: u64,
    ) -> Result<Self, Damaged> {
        let length = part_length(document_length, address.number);
        if stored_length != sealed_length(length) {
            return Err(Damaged);
        }
        let keys = MessageKeys::derive(key, &address.salt, &address.context.part(address.number));
        Ok(Self {
            message: MessageReader::new(keys, header)?,
            length,
        })
    }

    /// Verifies and decrypts the chunks of a span: all of them or none.
    pub fn open_range(&self, span: Span, sealed: BytesMut) -> Result<Bytes, Damaged> {
        if span.message_length() != self.length {
            return Err(Damaged);
        }
        self.message.open(span, sealed)
    }
}

impl fmt::Debug for PartReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartReader")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
