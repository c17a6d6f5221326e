//! The length-prefixed frames of gRPC over HTTP/2.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// A byte that says whether the message is compressed, then its length in four.
const PREFIX: usize = 5;

/// Why bytes are not a stream of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A message is compressed, though no encoding was accepted.
    #[error("a frame is compressed")]
    Compressed,
    /// A message is longer than is read.
    #[error("a frame is too large")]
    TooLarge,
    /// The stream ended inside a frame.
    #[error("the last frame is cut off")]
    Truncated,
}

/// Frames one message, uncompressed.
pub fn encode(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).expect("a message is shorter than 4 GiB");
    let mut frame = BytesMut::with_capacity(PREFIX + message.len());
    frame.put_u8(0);
    frame.put_u32(length);
    frame.put_slice(message);
    frame.freeze()
}

/// Takes frames out of a body as it arrives, however it is cut.
#[derive(Debug)]
pub struct Decoder {
    buffer: BytesMut,
    limit: usize,
}

impl Decoder {
    /// Reads messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            limit,
        }
    }

    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, if it is here.
    pub fn pull(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some((&[compressed, a, b, c, d], _)) = self.buffer.split_first_chunk() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if compressed != 0 {
            return Err(FrameError::Compressed);
        }
        if length > self.limit {
            return Err(FrameError::TooLarge);
        }
        if self.buffer.len() - PREFIX < length {
            self.buffer.reserve(PREFIX + length - self.buffer.len());
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// Checks, once the body has ended, that nothing of a frame is left over.
    pub fn finish(&self) -> Result<(), FrameError> {
        if self.buffer.is_empty() {
            Ok(())
        } else {
            Err(FrameError::Truncated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_survive_any_cutting(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
            cut in 1usize..17,
        ) {
            let stream: Vec<u8> = messages.iter().flat_map(|message| encode(message)).collect();
            let mut decoder = Decoder::new(40);
            let mut read = Vec::new();
            for piece in stream.chunks(cut) {
                decoder.push(piece);
                while let Some(message) = decoder.pull().unwrap() {
                    read.push(message.to_vec());
                }
            }
            prop_assert_eq!(decoder.finish(), Ok(()));
            prop_assert_eq!(read, messages);
        }

        #[test]
        fn any_bytes_are_frames_or_a_typed_error(stream in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut decoder = Decoder::new(16);
            decoder.push(&stream);
            while let Ok(Some(message)) = decoder.pull() {
                prop_assert!(message.len() <= 16);
            }
        }
    }

    #[test]
    fn a_frame_too_large_is_refused_before_it_arrives() {
        let mut decoder = Decoder::new(10);
        decoder.push(&[0, 0, 0, 0, 11]);
        assert_eq!(decoder.pull(), Err(FrameError::TooLarge));
    }

    #[test]
    fn a_compressed_frame_is_refused() {
        let mut decoder = Decoder::new(10);
        decoder.push(&[1, 0, 0, 0, 1, 7]);
        assert_eq!(decoder.pull(), Err(FrameError::Compressed));
    }

    #[test]
    fn a_cut_off_frame_is_noticed() {
        let mut decoder = Decoder::new(10);
        decoder.push(&encode(b"whole"));
        decoder.push(&encode(b"part")[..7]);
        assert_eq!(decoder.pull(), Ok(Some(Bytes::from_static(b"whole"))));
        assert_eq!(decoder.pull(), Ok(None));
        assert_eq!(decoder.finish(), Err(FrameError::Truncated));
    }
}
