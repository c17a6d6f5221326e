//! JSON of any length as pieces of bounded length, while it arrives.
//!
//! A document is looked through byte by byte, once: what is taken out of it is every item of a list, every entry
//! of a Bundle, or the one resource it is. Nothing is held but the piece that is arriving.

/// What was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The bytes of one value.
    Value(Vec<u8>),
    /// A value that is longer than it may be; it is left out.
    TooLong,
    /// What comes now cannot be read, nor anything behind it; why.
    Broken(&'static str),
}

/// Takes JSON apart.
#[derive(Debug)]
pub struct Splitter {
    form: Form,
    longest: usize,
    piece: Buffer,
}

#[derive(Debug)]
enum Form {
    Lines,
    Document(Document),
}

/// Bytes up to a number; more are counted as too many.
#[derive(Debug, Default)]
struct Buffer {
    bytes: Vec<u8>,
    over: bool,
}

impl Buffer {
    fn push(&mut self, byte: u8, longest: usize) {
        if self.bytes.len() < longest {
            self.bytes.push(byte);
        } else {
            self.over = true;
        }
    }

    fn take(&mut self) -> Piece {
        let bytes = std::mem::take(&mut self.bytes);
        if std::mem::take(&mut self.over) {
            Piece::TooLong
        } else {
            Piece::Value(bytes)
        }
    }
}

impl Splitter {
    /// One value a line. A line that is none costs only itself.
    pub fn lines(longest: usize) -> Self {
        Self::of(Form::Lines, longest)
    }

    /// A document, or several one behind the other: a list of objects, a Bundle, a resource.
    pub fn document(longest: usize) -> Self {
        Self::of(Form::Document(Document::default()), longest)
    }

    fn of(form: Form, longest: usize) -> Self {
        Self {
            form,
            longest,
            piece: Buffer::default(),
        }
    }

    /// Takes what has arrived.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<Piece>) {
        for byte in bytes {
            match &mut self.form {
                Form::Lines if *byte == b'\n' => self.end_line(found),
                Form::Lines => self.piece.push(*byte, self.longest),
                Form::Document(document) => {
                    document.take(*byte, self.longest, &mut self.piece, found);
                }
            }
        }
    }

    /// Says that nothing more arrives.
    pub fn end(&mut self, found: &mut Vec<Piece>) {
        match &mut self.form {
            Form::Lines => self.end_line(found),
            Form::Document(document) => document.end(found),
        }
    }

    fn end_line(&mut self, found: &mut Vec<Piece>) {
        let blank = !self.piece.over
            && self
                .piece
                .bytes
                .strip_prefix(MARK)
                .unwrap_or(&self.piece.bytes)
                .iter()
                .all(u8::is_ascii_whitespace);
        let piece = self.piece.take();
        if !blank {
            found.push(match piece {
                Piece::Value(mut bytes) if bytes.starts_with(MARK) => {
                    Piece::Value(bytes.split_off(MARK.len()))
                }
                piece => piece,
            });
        }
    }
}

/// The mark some systems put before UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where in a document the next byte stands.
#[derive(Debug, Default)]
struct Document {
    depth: u32,
    /// In a text, and behind a backslash.
    text: bool,
    escaped: bool,
    top: Top,
    /// The depth at which the piece that is being taken ends.
    taking: Option<u32>,
    dead: bool,
    begun: bool,
    /// Bytes of the mark at the beginning.
    mark: usize,
    /// The object at the top, without the entries that were taken out of it.
    outer: Buffer,
    /// A name in the object at the top, as far as it is known, and whether its value comes now.
    name: Vec<u8>,
    naming: bool,
    entry: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Top {
    #[default]
    Nothing,
    List,
    Object,
    /// In the entries of the object.
    Entries,
}

const ENTRY: &[u8] = b"entry";

impl Document {
    fn take(&mut self, byte: u8, longest: usize, piece: &mut Buffer, found: &mut Vec<Piece>) {
        if self.dead {
            return;
        }
        if self.taking.is_some() {
            piece.push(byte, longest);
            if self.step(byte) && self.taking == Some(self.depth) {
                self.taking = None;
                found.push(piece.take());
            }
            return;
        }
        match self.top {
            Top::Nothing => self.begin(byte, longest, found),
            Top::List | Top::Entries => self.between(byte, longest, piece, found),
            Top::Object => self.inside(byte, longest, found),
        }
    }

    /// Follows texts and brackets; answers whether a bracket closed.
    fn step(&mut self, byte: u8) -> bool {
        if self.text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.text = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return true;
            }
            _ => {}
        }
        false
    }

    fn begin(&mut self, byte: u8, longest: usize, found: &mut Vec<Piece>) {
        match byte {
            b'[' => self.top = Top::List,
            b'{' => {
                self.top = Top::Object;
                self.outer.push(byte, longest);
            }
            _ if byte.is_ascii_whitespace() => return,
            _ if !self.begun && MARK.get(self.mark) == Some(&byte) => {
                self.mark += 1;
                return;
            }
            _ => return self.die("must be JSON: a resource, a Bundle or a list", found),
        }
        self.begun = true;
        self.depth = 1;
    }

    /// Between the items of a list.
    fn between(&mut self, byte: u8, longest: usize, piece: &mut Buffer, found: &mut Vec<Piece>) {
        match byte {
            b'{' => {
                self.taking = Some(self.depth);
                piece.push(byte, longest);
                self.depth += 1;
            }
            b']' if self.top == Top::Entries => {
                self.outer.push(byte, longest);
                self.depth = 1;
                self.top = Top::Object;
            }
            b']' => {
                self.depth = 0;
                self.top = Top::Nothing;
            }
            b',' => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => self.die("must be a list of objects", found),
        }
    }

    /// In the object at the top.
    fn inside(&mut self, byte: u8, longest: usize, found: &mut Vec<Piece>) {
        if self.entry && self.depth == 1 && !self.text {
            if byte == b'[' {
                self.outer.push(byte, longest);
                (self.entry, self.depth, self.top) = (false, 2, Top::Entries);
                return;
            }
            self.entry = byte.is_ascii_whitespace();
        }
        self.outer.push(byte, longest);
        let (inside, level) = (self.text, self.depth);
        let closed = self.step(byte);
        if level == 1 {
            self.follow_name(byte, inside);
        }
        if closed && self.depth == 0 {
            self.top = Top::Nothing;
            self.name.clear();
            (self.naming, self.entry) = (false, false);
            found.push(self.outer.take());
        }
    }

    /// Learns the names of the object at the top: a text before a colon is one.
    fn follow_name(&mut self, byte: u8, inside: bool) {
        match (inside, self.text) {
            (false, true) => {
                self.name.clear();
                self.naming = true;
            }
            // One more than is looked for is enough to tell that it is another one.
            (true, true) if self.naming && self.name.len() <= ENTRY.len() => self.name.push(byte),
            (false, false) if byte == b':' => {
                self.entry = self.naming && self.name == ENTRY;
                self.naming = false;
            }
            (false, false) if !byte.is_ascii_whitespace() => self.naming = false,
            _ => {}
        }
    }

    fn die(&mut self, why: &'static str, found: &mut Vec<Piece>) {
        self.dead = true;
        found.push(Piece::Broken(why));
    }

    fn end(&mut self, found: &mut Vec<Piece>) {
        if !self.dead && self.top != Top::Nothing {
            self.die("ends in the middle", found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(mut splitter: Splitter, bytes: &[u8], size: usize) -> Vec<Piece> {
        let mut found = Vec::new();
        for part in bytes.chunks(size.max(1)) {
            splitter.push(part, &mut found);
        }
        splitter.end(&mut found);
        found
    }

    fn texts(found: &[Piece]) -> Vec<String> {
        let text = |piece: &Piece| match piece {
            Piece::Value(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Piece::TooLong => "too long".to_owned(),
            Piece::Broken(why) => (*why).to_owned(),
        };
        found.iter().map(text).collect()
    }

    #[test]
    fn a_bundle_gives_its_entries_and_itself_without_them() {
        let text = r#"{ "resourceType" : "Bundle", "x": {"entry": [1]}, "entry" : [ {"a":"}\"]"}, {"b":[{}]} ] , "y":"entry" }"#;
        for size in [1, 7, 1000] {
            let found = split(Splitter::document(1000), text.as_bytes(), size);
            let outer =
                r#"{ "resourceType" : "Bundle", "x": {"entry": [1]}, "entry" : [] , "y":"entry" }"#;
            assert_eq!(texts(&found), [r#"{"a":"}\"]"}"#, r#"{"b":[{}]}"#, outer]);
        }
    }

    #[test]
    fn lists_and_resources_one_behind_the_other_are_taken_apart() {
        let text = "\u{feff}[{\"a\":1}, {\"b\":2}]\n{\"c\":3} {\"entry\":\"no\"}";
        let found = split(Splitter::document(100), text.as_bytes(), 3);
        assert_eq!(
            texts(&found),
            [
                r#"{"a":1}"#,
                r#"{"b":2}"#,
                r#"{"c":3}"#,
                r#"{"entry":"no"}"#
            ]
        );
    }

    #[test]
    fn what_is_too_long_is_left_out_and_the_next_one_is_read() {
        let text = format!("[{{\"a\":\"{}\"}},{{\"b\":2}}]", "x".repeat(100));
        let found = split(Splitter::document(50), text.as_bytes(), 9);
        assert_eq!(texts(&found), ["too long", r#"{"b":2}"#]);
        let lines = format!("{}\n\n{{\"b\":2}}\r\n", "x".repeat(100));
        let found = split(Splitter::lines(50), lines.as_bytes(), 9);
        assert_eq!(texts(&found), ["too long", "{\"b\":2}\r"]);
    }

    #[test]
    fn what_is_no_json_breaks_off_once() {
        for text in ["PK\u{3}\u{4}", "[1]", "[{\"a\":1}", "{\"entry\":[", "\"x\""] {
            let found = split(Splitter::document(100), text.as_bytes(), 2);
            assert!(matches!(found.last(), Some(Piece::Broken(_))), "{text}");
            assert_eq!(
                found
                    .iter()
                    .filter(|one| matches!(one, Piece::Broken(_)))
                    .count(),
                1
            );
        }
    }

    proptest! {
        /// However the bytes are cut, the pieces are the same, and whatever they are, nothing panics.
        #[test]
        fn pieces_do_not_depend_on_how_bytes_arrive(
            text in prop::collection::vec(prop::sample::select(b"{}[]\",:\\ entry\n1\xEF".to_vec()), 0..200),
            size in 1_usize..20, longest in 1_usize..60,
        ) {
            let whole = split(Splitter::document(longest), &text, usize::MAX);
            prop_assert_eq!(split(Splitter::document(longest), &text, size), whole);
            let whole = split(Splitter::lines(longest), &text, usize::MAX);
            prop_assert_eq!(split(Splitter::lines(longest), &text, size), whole);
        }
    }
}
