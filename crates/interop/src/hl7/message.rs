//! A message as its segments. Delimiters are those its MSH declares.

use super::{Fault, code};

/// The characters a message is taken apart at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Delimiters {
    field: char,
    component: char,
    repetition: char,
    escape: Option<char>,
    sub: Option<char>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    delimiters: Delimiters,
    /// Fields as they stand; the first is the name.
    segments: Vec<Vec<String>>,
}

/// A segment.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    delimiters: Delimiters,
    fields: &'a [String],
}

/// A field, one of its repetitions, or a component.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    delimiters: Delimiters,
    text: &'a str,
}

/// What an escape may hold at most; longer ones are text.
const LONGEST_ESCAPE: usize = 64;

impl Message {
    /// Takes a message apart.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let no = |text| Fault::new(code::SEGMENT, "MSH", text);
        let rest = text.strip_prefix("MSH");
        let rest = rest.ok_or_else(|| no("must be the first segment"))?;
        let field = rest.chars().next().ok_or_else(|| no("must have fields"))?;
        let end = |letter: char| letter == field || matches!(letter, '\r' | '\n');
        let declared: Vec<char> = rest
            .chars()
            .skip(1)
            .take_while(|letter| !end(*letter))
            .take(6)
            .collect();
        let [component, repetition, further @ ..] = declared.as_slice() else {
            return Err(Fault::new(
                code::REQUIRED,
                "MSH-2",
                "must declare the delimiters",
            ));
        };
        let delimiters = Delimiters {
            field,
            component: *component,
            repetition: *repetition,
            escape: further.first().copied(),
            sub: further.get(1).copied(),
        };
        let mut all = vec![field];
        all.extend(&declared);
        let good = |letter: &char| letter.is_ascii_punctuation();
        let differ = (1..all.len()).all(|place| !all[..place].contains(&all[place]));
        if !differ || !all.iter().all(good) || declared.len() > 5 {
            return Err(Fault::new(
                code::TYPE,
                "MSH-2",
                "must declare delimiters that differ",
            ));
        }
        let lines = text
            .split(['\r', '\n'])
            .filter(|line| !line.trim().is_empty());
        let segments = lines.map(|line| {
            let mut fields: Vec<String> = line.split(field).map(str::to_owned).collect();
            if line.starts_with("MSH") {
                // MSH-1 is the delimiter itself.
                fields.insert(1, field.to_string());
            }
            fields
        });
        Ok(Self {
            delimiters,
            segments: segments.collect(),
        })
    }

    /// Its segments, in their order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.segments.iter().map(|fields| Segment {
            delimiters: self.delimiters,
            fields,
        })
    }

    /// The first segment of a name.
    pub fn segment(&self, name: &str) -> Option<Segment<'_>> {
        self.segments().find(|segment| segment.name() == name)
    }

    /// Every segment of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Segment<'a>> {
        self.segments()
            .filter(move |segment| segment.name() == name)
    }
}

impl<'a> Segment<'a> {
    /// As `PID`.
    pub fn name(&self) -> &'a str {
        self.fields.first().map_or("", String::as_str)
    }

    /// A field by its number; one that is not there is empty.
    pub fn field(&self, number: usize) -> Part<'a> {
        Part {
            delimiters: self.delimiters,
            text: self.fields.get(number).map_or("", String::as_str),
        }
    }
}

impl<'a> Part<'a> {
    /// Its repetitions; an empty field has one, which is empty.
    pub fn repetitions(self) -> impl Iterator<Item = Part<'a>> {
        let parts = self.text.split(self.delimiters.repetition);
        parts.map(move |text| Part { text, ..self })
    }

    /// A component of the first repetition, from 1.
    #[must_use]
    pub fn component(self, number: usize) -> Part<'a> {
        let first = self
            .text
            .split(self.delimiters.repetition)
            .next()
            .unwrap_or_default();
        let mut parts = first.split(self.delimiters.component);
        let text = parts.nth(number.saturating_sub(1)).unwrap_or_default();
        Part { text, ..self }
    }

    /// Its first subcomponent.
    #[must_use]
    pub fn first(self) -> Part<'a> {
        let text = match self.delimiters.sub {
            Some(sub) => self.text.split(sub).next().unwrap_or_default(),
            None => self.text,
        };
        Part { text, ..self }
    }

    /// Whether it says nothing.
    pub fn is_empty(self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether it says that what is known is to be taken away.
    pub fn deletes(self) -> bool {
        self.text.trim() == "\"\""
    }

    /// Its text without escapes, trimmed; `""` is none.
    pub fn text(self) -> String {
        if self.deletes() {
            return String::new();
        }
        let text = match self.delimiters.escape {
            Some(escape) => self.unescaped(escape),
            None => self.text.to_owned(),
        };
        text.trim().to_owned()
    }

    /// Escapes are `\F\`, `\S\`, `\T\`, `\R\`, `\E\`, `\Xdd..\` and formatting (2.7); what is none is text.
    fn unescaped(self, escape: char) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((before, behind)) = rest.split_once(escape) {
            text.push_str(before);
            let mut window = LONGEST_ESCAPE.min(behind.len());
            while !behind.is_char_boundary(window) {
                window -= 1;
            }
            let Some(end) = behind[..window].find(escape) else {
                text.push(escape);
                rest = behind;
                continue;
            };
            self.unescape(&behind[..end], escape, &mut text);
            rest = &behind[end + escape.len_utf8()..];
        }
        text.push_str(rest);
        text
    }

    fn unescape(self, sequence: &str, escape: char, text: &mut String) {
        let Delimiters {
            field,
            component,
            repetition,
            sub,
            ..
        } = self.delimiters;
        match sequence {
            "F" => text.push(field),
            "S" => text.push(component),
            "R" => text.push(repetition),
            "E" => text.push(escape),
            "T" => text.extend(sub),
            ".br" | ".sp" => text.push('\n'),
            // Highlighting and other sets of letters say nothing here.
            "H" | "N" => {}
            _ => match sequence.strip_prefix('X') {
                Some(digits) => text.push_str(&hexadecimal(digits)),
                None if sequence.starts_with(['.', 'C', 'M', 'Z']) => {}
                None => {
                    text.push(escape);
                    text.push_str(sequence);
                    text.push(escape);
                }
            },
        }
    }
}

/// Bytes written as digits, as UTF-8 or else as Latin letters.
fn hexadecimal(digits: &str) -> String {
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let bytes = bytes.unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_else(|error| {
        error
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_found_and_escapes_undone() {
        let text = "MSH|^~\\&|A\rPID|1||42^^^X~43^^^Y||C\\S\\t\\XC3A9\\&van^\\E\\A\\F\\b\\n|\"\"\r";
        let message = Message::parse(text).unwrap();
        let pid = message.segment("PID").unwrap();
        assert_eq!(pid.field(3).repetitions().count(), 2);
        let second = pid.field(3).repetitions().nth(1).unwrap();
        assert_eq!(
            (second.component(1).text(), second.component(4).text()),
            ("43".into(), "Y".into())
        );
        assert_eq!(pid.field(5).component(1).first().text(), "C^té");
        assert_eq!(pid.field(5).component(2).text(), "\\A|b\\n");
        assert!(pid.field(6).deletes() && pid.field(6).text().is_empty());
        assert!(pid.field(99).is_empty());
        assert_eq!(message.segment("MSH").unwrap().field(3).text(), "A");
    }

    #[test]
    fn any_delimiters_that_differ_will_do() {
        let message = Message::parse("MSH#*+!%#A\nPID#1##42*x+43").unwrap();
        let pid = message.segment("PID").unwrap();
        assert_eq!(pid.field(3).component(2).text(), "x");
        for (text, path) in [
            ("", "MSH"),
            ("PID|1", "MSH"),
            ("MSH", "MSH"),
            ("MSH|", "MSH-2"),
            ("MSH|^^|", "MSH-2"),
            ("MSH|^~\\&#%|", "MSH-2"),
            ("MSHA^~\\&A", "MSH-2"),
        ] {
            assert_eq!(
                Message::parse(text).unwrap_err().problem.path,
                path,
                "{text}"
            );
        }
    }

    proptest! {
        /// Whatever a message is made of, it can be taken apart or is none.
        #[test]
        fn nothing_in_a_message_panics(text in "(MSH)?[|^~\\\\&\rA-Fé\"X0-9]{0,120}") {
            if let Ok(message) = Message::parse(&text) {
                for segment in message.segments() {
                    for number in 0..6 {
                        for repetition in segment.field(number).repetitions() {
                            let _ = (repetition.text(), repetition.component(2).first().text());
                        }
                    }
                }
            }
        }
    }
}
