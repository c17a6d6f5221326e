//! Which letters the bytes of a file are. Dental systems write UTF-8, with or without a mark at the beginning,
//! or the Windows encoding of the country they were sold in.

use encoding_rs::{Decoder, Encoding as Table, UTF_8, WINDOWS_1251, WINDOWS_1252};
use std::io::{self, Read};

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// An encoding a file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "windows-1252")]
    Windows1252,
    #[value(name = "windows-1251")]
    Windows1251,
}

impl Encoding {
    const fn table(self) -> &'static Table {
        match self {
            Self::Utf8 => UTF_8,
            Self::Windows1252 => WINDOWS_1252,
            Self::Windows1251 => WINDOWS_1251,
        }
    }

    pub(super) fn name(self) -> &'static str {
        self.table().name()
    }

    /// Reads a file to its end and tells what it is: UTF-8 if all of it is, or else by how its letters stand:
    /// Cyrillic ones side by side, accents of the West alone among plain ones.
    pub(super) fn detect(mut file: impl Read) -> io::Result<Self> {
        let mut utf8 = UTF_8.new_decoder_without_bom_handling();
        // A byte becomes three at most; some may be left from the piece before.
        let mut text = vec![0; 3 * PIECE + 16];
        let (mut valid, mut before) = (true, false);
        let (mut letters, mut paired) = (0_u64, 0_u64);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece)?;
            let bytes = &piece[..read];
            let (_, _, _, broken) = utf8.decode_to_utf8(bytes, &mut text, read == 0);
            valid &= !broken;
            for byte in bytes {
                let high = *byte >= 0xC0;
                letters += u64::from(high);
                paired += u64::from(high && before);
                before = high;
            }
            if read == 0 {
                break;
            }
        }
        Ok(match (valid, paired * 2 > letters) {
            (true, _) => Self::Utf8,
            (false, true) => Self::Windows1251,
            (false, false) => Self::Windows1252,
        })
    }
}

/// A file as UTF-8 with one sort of line end, so that lines can be counted; what is no letter is marked by U+FFFD.
pub(super) struct Utf8<R> {
    file: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
    /// A CR stood at the end of the piece before, and it takes the next one to know what it is.
    held: bool,
}

impl<R: Read> Utf8<R> {
    pub(super) fn of(file: R, encoding: Encoding) -> Self {
        Self {
            file,
            decoder: encoding.table().new_decoder_with_bom_removal(),
            bytes: vec![0; PIECE],
            text: Vec::new(),
            given: 0,
            ended: false,
            held: false,
        }
    }
}

impl<R> Utf8<R> {
    /// Makes CR LF one LF.
    fn unify(&mut self) {
        if self.held {
            self.text.insert(0, b'\r');
        }
        self.held = !self.ended && self.text.last() == Some(&b'\r');
        if self.held {
            self.text.pop();
        }
        let mut kept = 0;
        for place in 0..self.text.len() {
            if self.text[place..].starts_with(b"\r\n") {
                continue;
            }
            self.text[kept] = self.text[place];
            kept += 1;
        }
        self.text.truncate(kept);
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            let read = self.file.read(&mut self.bytes)?;
            self.ended = read == 0;
            let room = self.decoder.max_utf8_buffer_length(read);
            self.text.resize(room.unwrap_or(PIECE * 4), 0);
            let bytes = &self.bytes[..read];
            let (_, _, written, _) = self
                .decoder
                .decode_to_utf8(bytes, &mut self.text, self.ended);
            self.text.truncate(written);
            self.unify();
            self.given = 0;
        }
        let rest = &self.text[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Encoding, String) {
        let encoding = Encoding::detect(bytes).unwrap();
        let mut text = String::new();
        Utf8::of(bytes, encoding).read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    #[test]
    fn what_is_utf_8_is_read_as_it_is_without_its_mark() {
        let text = "Zoé;Пётр;Ågot\n".repeat(10_000);
        assert_eq!(read(text.as_bytes()), (Encoding::Utf8, text.clone()));
        let marked = format!("\u{feff}{text}");
        assert_eq!(read(marked.as_bytes()), (Encoding::Utf8, text));
    }

    #[test]
    fn line_ends_are_one_also_where_pieces_meet() {
        let text = format!("{}\r\nb\rc\r\n\r", "a".repeat(PIECE - 1));
        let expected = format!("{}\nb\rc\n\r", "a".repeat(PIECE - 1));
        assert_eq!(read(text.as_bytes()).1, expected);
    }

    #[test]
    fn western_and_cyrillic_letters_are_told_apart() {
        for (text, encoding) in [
            (
                "Anne;Côté;Montréal\nZoé;Lefèvre;Québec\n",
                Encoding::Windows1252,
            ),
            (
                "Пётр;Иванов;Москва\nAnne;Smith;London\n",
                Encoding::Windows1251,
            ),
        ] {
            let (bytes, _, unmappable) = encoding.table().encode(text);
            assert!(!unmappable);
            assert_eq!(read(&bytes), (encoding, text.to_owned()));
        }
    }
}
