//! MLLP (release 1): a message between 0x0B and 0x1C 0x0D.

/// Begins a message.
pub const BEGIN: u8 = 0x0B;
const END: u8 = 0x1C;
const RETURN: u8 = 0x0D;

/// What came over a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Message(Vec<u8>),
    /// A message that was longer than it may be; it was left out.
    TooLong,
    /// A message that began before the last one had ended.
    CutOff,
}

/// Takes what arrives apart into messages; what is between them is left out.
#[derive(Debug)]
pub struct Decoder {
    longest: usize,
    bytes: Vec<u8>,
    inside: bool,
    over: bool,
    ending: bool,
}

impl Decoder {
    /// Takes messages up to a length.
    pub const fn new(longest: usize) -> Self {
        Self {
            longest,
            bytes: Vec::new(),
            inside: false,
            over: false,
            ending: false,
        }
    }

    /// Whether a message has begun that has not ended.
    pub const fn is_inside(&self) -> bool {
        self.inside
    }

    /// Takes what has arrived.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<Frame>) {
        for byte in bytes {
            if !self.inside {
                self.inside = *byte == BEGIN;
                continue;
            }
            match *byte {
                RETURN if self.ending => {
                    self.inside = false;
                    let message = std::mem::take(&mut self.bytes);
                    found.push(if std::mem::take(&mut self.over) {
                        Frame::TooLong
                    } else {
                        Frame::Message(message)
                    });
                    self.ending = false;
                }
                BEGIN => {
                    found.push(Frame::CutOff);
                    self.bytes.clear();
                    (self.over, self.ending) = (false, false);
                }
                _ => {
                    if std::mem::replace(&mut self.ending, *byte == END) {
                        self.keep(END);
                    }
                    if *byte != END {
                        self.keep(*byte);
                    }
                }
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes.len() < self.longest {
            self.bytes.push(byte);
        } else {
            self.over = true;
        }
    }
}

/// A message as it is sent.
pub fn encode(message: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 3);
    bytes.push(BEGIN);
    bytes.extend_from_slice(message.as_bytes());
    bytes.extend([END, RETURN]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(bytes: &[u8], size: usize) -> Vec<Frame> {
        let (mut decoder, mut found) = (Decoder::new(8), Vec::new());
        for part in bytes.chunks(size.max(1)) {
            decoder.push(part, &mut found);
        }
        found
    }

    #[test]
    fn messages_are_found_between_their_marks() {
        let bytes = b"junk\x0Babc\x1C\r\n\x0Bcut\x0Bx\x1Cy\x1C\x1C\r\x0B123456789\x1C\r\x0Bnever";
        let message = |text: &[u8]| Frame::Message(text.to_vec());
        let wanted = [
            message(b"abc"),
            Frame::CutOff,
            message(b"x\x1Cy\x1C"),
            Frame::TooLong,
        ];
        assert_eq!(decode(bytes, 3), wanted);
        assert_eq!(encode("abc"), b"\x0Babc\x1C\r");
    }

    proptest! {
        #[test]
        fn messages_do_not_depend_on_how_bytes_arrive(
            bytes in prop::collection::vec(prop::sample::select(vec![0x0B_u8, 0x1C, 0x0D, b'a']), 0..80),
            size in 1_usize..9,
        ) {
            prop_assert_eq!(decode(&bytes, size), decode(&bytes, usize::MAX));
        }
    }
}
