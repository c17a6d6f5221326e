//! The arithmetic between plaintext and ciphertext positions.
//!
//! A message of `n` plaintext bytes has `n / 16 KiB + 1` chunks: the last is always shorter than the
//! others and may be empty, which is how a cut message is told from a whole one.

use std::ops::Range;

/// Plaintext bytes in a chunk.
pub const CHUNK: u64 = 16 * 1024;
/// Bytes of the tag behind each chunk.
pub const TAG: u64 = 16;
/// Bytes of a full chunk with its tag.
pub const SEALED_CHUNK: u64 = CHUNK + TAG;
/// Bytes of the salt a message starts with.
pub const SALT: usize = 24;
/// Bytes of the key commitment behind the salt.
pub const COMMITMENT: usize = 32;
/// Bytes before the first chunk.
pub const HEADER: usize = SALT + COMMITMENT;
/// Plaintext bytes in every part of a document but its last.
pub const PART: u64 = 8 * 1024 * 1024;
/// Full chunks that are fetched, verified and passed on together: 1 MiB.
pub const CHUNKS_PER_PIECE: u64 = 64;

/// Chunks of a message.
pub const fn chunks(length: u64) -> u64 {
    length / CHUNK + 1
}

/// Ciphertext bytes of a message.
pub const fn sealed_length(length: u64) -> u64 {
    HEADER as u64 + length + chunks(length) * TAG
}

/// Plaintext bytes of a message, if a message can have that many ciphertext bytes.
pub fn plain_length(sealed: u64) -> Option<u64> {
    let body = sealed.checked_sub(HEADER as u64)?;
    let last = (body % SEALED_CHUNK).checked_sub(TAG)?;
    Some(body / SEALED_CHUNK * CHUNK + last)
}

/// Parts of a document.
pub const fn parts(length: u64) -> u64 {
    length.div_ceil(PART)
}

/// Plaintext bytes of one part of a document.
pub const fn part_length(document: u64, number: u32) -> u64 {
    let rest = document.saturating_sub(number as u64 * PART);
    if rest < PART { rest } else { PART }
}

/// Neighbouring chunks of a message, never none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Plaintext bytes of the whole message.
    length: u64,
    /// The first chunk.
    first: u64,
    /// The chunk behind the last.
    end: u64,
}

impl Span {
    /// All chunks of a message.
    pub const fn whole(length: u64) -> Self {
        Self {
            length,
            first: 0,
            end: chunks(length),
        }
    }

    /// The chunks that hold a range of a message's plaintext. A range that reaches the end takes the
    /// final chunk in even when that is empty: it proves that the message ends there.
    pub const fn covering(range: &Range<u64>, length: u64) -> Self {
        let end = if range.end >= length {
            chunks(length)
        } else {
            range.end.div_ceil(CHUNK)
        };
        Self {
            length,
            first: range.start / CHUNK,
            end,
        }
    }

    /// Cuts into spans of about 1 MiB. An empty final chunk never stands alone.
    pub fn split(self) -> impl Iterator<Item = Self> + Send {
        let full = self.length / CHUNK;
        let mut first = self.first;
        std::iter::from_fn(move || {
            if first >= self.end {
                return None;
            }
            let mut end = self.end.min(first + CHUNKS_PER_PIECE);
            if end == full && self.end > full && self.length.is_multiple_of(CHUNK) {
                end = self.end;
            }
            let piece = Self { first, end, ..self };
            first = end;
            Some(piece)
        })
    }

    /// Plaintext bytes of the whole message.
    pub const fn message_length(&self) -> u64 {
        self.length
    }

    /// Numbers of the chunks.
    pub const fn chunks(&self) -> Range<u64> {
        self.first..self.end
    }

    /// Plaintext bytes of one of the chunks.
    pub const fn chunk_length(&self, chunk: u64) -> u64 {
        let rest = self.length.saturating_sub(chunk * CHUNK);
        if rest < CHUNK { rest } else { CHUNK }
    }

    /// Where the chunks lie in the plaintext.
    pub fn plain(&self) -> Range<u64> {
        self.first * CHUNK..self.length.min(self.end * CHUNK)
    }

    /// Where the chunks lie in the ciphertext.
    pub fn sealed(&self) -> Range<u64> {
        let start = HEADER as u64 + self.first * SEALED_CHUNK;
        let plain = self.plain();
        start..start + (plain.end - plain.start) + (self.end - self.first) * TAG
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_map_both_ways(length in 0..4 * PART) {
            prop_assert_eq!(plain_length(sealed_length(length)), Some(length));
            prop_assert_eq!(Span::whole(length).sealed().end, sealed_length(length));
            let parts: u64 =
                (0..u32::try_from(parts(length)).unwrap()).map(|n| part_length(length, n)).sum();
            prop_assert_eq!(parts, length);
        }

        #[test]
        fn pieces_are_neighbours_and_small(length in 1..=PART, a: u64, b: u64) {
            let (a, b) = (a % length, b % length);
            let range = a.min(b)..a.max(b) + 1;
            let span = Span::covering(&range, length);
            let (mut at, mut plain) = (span.sealed().start, span.plain().start);
            for piece in span.split() {
                prop_assert_eq!(piece.sealed().start, at);
                prop_assert_eq!(piece.plain().start, plain);
                prop_assert!(!piece.plain().is_empty());
                prop_assert!(piece.chunks().count() as u64 <= CHUNKS_PER_PIECE + 1);
                (at, plain) = (piece.sealed().end, piece.plain().end);
            }
            prop_assert_eq!((at, plain), (span.sealed().end, span.plain().end));
            prop_assert!(span.plain().start <= range.start && span.plain().end >= range.end);
        }
    }

    #[test]
    fn some_lengths_are_no_messages() {
        let whole = HEADER as u64 + SEALED_CHUNK;
        for sealed in [0, 55, 56, 71, whole, whole + 15] {
            assert_eq!(plain_length(sealed), None, "{sealed}");
        }
        assert_eq!(plain_length(72), Some(0));
        assert_eq!(plain_length(whole + 16), Some(CHUNK));
    }

    #[test]
    fn a_range_to_the_end_takes_the_empty_last_chunk_in() {
        let span = Span::covering(&(PART - 1..PART), PART);
        assert_eq!(span.chunks(), 511..513);
        assert_eq!(span.split().count(), 1);
        assert_eq!(span.sealed().end, sealed_length(PART));
    }
}
