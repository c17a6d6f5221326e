//! Messages out of a file: one behind the other, with or without MLLP's marks or the headers of a batch.

use crate::LONGEST;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The bytes of a message.
    Message(Vec<u8>),
    /// A message that is longer than it may be; it is left out.
    TooLong,
}

/// Takes a file apart.
#[derive(Debug, Default)]
pub struct Splitter {
    line: Vec<u8>,
    /// The line is longer than it may be, and the message is.
    long: bool,
    message: Vec<u8>,
    over: bool,
    begun: bool,
}

impl Splitter {
    /// Takes what has arrived.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<Piece>) {
        for byte in bytes {
            if matches!(byte, b'\r' | b'\n') {
                self.end_line(found);
            } else if self.line.len() < LONGEST {
                self.line.push(*byte);
            } else {
                self.long = true;
            }
        }
    }

    /// Says that nothing more arrives.
    pub fn end(&mut self, found: &mut Vec<Piece>) {
        self.end_line(found);
        self.give(found);
    }

    fn end_line(&mut self, found: &mut Vec<Piece>) {
        let (line, long) = (
            std::mem::take(&mut self.line),
            std::mem::take(&mut self.long),
        );
        let mark = |byte: &u8| matches!(byte, 0x0B | 0x1C) || byte.is_ascii_whitespace();
        let begin = line
            .iter()
            .position(|byte| !mark(byte))
            .unwrap_or(line.len());
        let end = line
            .iter()
            .rposition(|byte| !mark(byte))
            .map_or(begin, |place| place + 1);
        let line = &line[begin..end];
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let batch = [b"FHS", b"BHS", b"BTS", b"FTS"]
            .iter()
            .any(|name| line.starts_with(*name));
        if line.is_empty() || batch {
            return;
        }
        if line.starts_with(b"MSH") {
            self.give(found);
        }
        self.begun = true;
        self.over |= long;
        if self.message.len() + line.len() < LONGEST {
            self.message.extend_from_slice(line);
            self.message.push(b'\r');
        } else {
            self.over = true;
        }
    }

    fn give(&mut self, found: &mut Vec<Piece>) {
        let message = std::mem::take(&mut self.message);
        if std::mem::take(&mut self.begun) {
            let over = std::mem::take(&mut self.over);
            found.push(if over {
                Piece::TooLong
            } else {
                Piece::Message(message)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_however_lines_end() {
        let file =
            b"FHS|^~\\&\r\nBHS|^~\\&\r\n\x0BMSH|1\rPID|1\r\x1C\r\nMSH|2\nPID|2\n\nBTS|1\nFTS|1\n";
        for size in [1, 5, 1_000] {
            let (mut splitter, mut found) = (Splitter::default(), Vec::new());
            for part in file.chunks(size) {
                splitter.push(part, &mut found);
            }
            splitter.end(&mut found);
            let message = |text: &[u8]| Piece::Message(text.to_vec());
            assert_eq!(
                found,
                [message(b"MSH|1\rPID|1\r"), message(b"MSH|2\rPID|2\r")]
            );
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_left_out_and_the_next_one_read() {
        let mut file = b"MSH|1\rNTE|".to_vec();
        file.extend(vec![b'x'; LONGEST + 10]);
        file.extend(b"\rMSH|2\rPID|2\r");
        let (mut splitter, mut found) = (Splitter::default(), Vec::new());
        splitter.push(&file, &mut found);
        splitter.end(&mut found);
        assert_eq!(
            found,
            [Piece::TooLong, Piece::Message(b"MSH|2\rPID|2\r".to_vec())]
        );
    }
}
