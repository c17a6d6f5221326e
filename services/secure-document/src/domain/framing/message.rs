//! One message: sealed as bytes arrive, opened in place.

use bytes::{Bytes, BytesMut};

use super::layout::{CHUNK, HEADER, SEALED_CHUNK, Span, TAG, plain_length, sealed_length};
use super::{Damaged, key::MessageKeys};

/// Encrypts a message while it arrives, in the buffer that will be stored.
pub(super) struct MessageWriter {
    keys: MessageKeys,
    sealed: Vec<u8>,
    /// Where the chunk being filled starts.
    open: usize,
    counter: u64,
}

impl MessageWriter {
    /// Starts a message expected to hold `length` bytes, for which room is made at once.
    pub(super) fn new(keys: MessageKeys, length: u64) -> Self {
        let mut sealed = Vec::with_capacity(sealed_length(length) as usize);
        sealed.extend_from_slice(keys.header());
        Self {
            keys,
            sealed,
            open: HEADER,
            counter: 0,
        }
    }

    /// Adds plaintext; every chunk that fills up is encrypted before the next byte is taken.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = CHUNK as usize - (self.sealed.len() - self.open);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.sealed.extend_from_slice(now);
            bytes = later;
            if now.len() == room {
                self.close_chunk();
            }
        }
    }

    /// Plaintext bytes taken so far.
    pub(super) fn length(&self) -> u64 {
        self.counter * CHUNK + (self.sealed.len() - self.open) as u64
    }

    /// Encrypts the last chunk and gives the whole message.
    pub(super) fn finish(mut self) -> Bytes {
        self.close_chunk();
        Bytes::from(self.sealed)
    }

    fn close_chunk(&mut self) {
        let tag = self.keys.seal(self.counter, &mut self.sealed[self.open..]);
        self.sealed.extend_from_slice(tag.as_ref());
        self.open = self.sealed.len();
        self.counter += 1;
    }
}

/// Opens spans of a message whose header was checked.
pub(super) struct MessageReader {
    keys: MessageKeys,
}

impl MessageReader {
    pub(super) fn new(keys: MessageKeys, header: &[u8]) -> Result<Self, Damaged> {
        keys.check_header(header)?;
        Ok(Self { keys })
    }

    /// Verifies every chunk of the span and gives the plaintext of all, or of none. The buffer is
    /// consumed, so what failed to verify is out of reach.
    pub(super) fn open(&self, span: Span, mut sealed: BytesMut) -> Result<Bytes, Damaged> {
        let expected = span.sealed();
        if sealed.len() as u64 != expected.end - expected.start {
            return Err(Damaged);
        }
        let mut rest: &mut [u8] = &mut sealed;
        for (index, chunk) in span.chunks().enumerate() {
            // Each opened chunk moves left over the tags before it: `gap` bytes are free by then.
            let gap = index * TAG as usize;
            let length = span.chunk_length(chunk) as usize;
            self.keys
                .open(chunk, &mut rest[..gap + length + TAG as usize], gap)?;
            rest = &mut rest[length..];
        }
        let plain = span.plain();
        sealed.truncate((plain.end - plain.start) as usize);
        Ok(sealed.freeze())
    }
}

/// Opens a whole message of whatever length.
pub(super) fn open_whole(keys: MessageKeys, sealed: &[u8]) -> Result<Bytes, Damaged> {
    let length = plain_length(sealed.len() as u64).ok_or(Damaged)?;
    let (header, body) = sealed.split_at(HEADER);
    MessageReader::new(keys, header)?.open(Span::whole(length), BytesMut::from(body))
}

const _: () = assert!(SEALED_CHUNK == CHUNK + TAG, "one tag behind every chunk");
