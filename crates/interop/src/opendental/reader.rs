//! Objects as they arrive.

use super::{appointment, patient, recall};
use crate::split::{Piece, Splitter};
use crate::{ExternalId, Item, LONGEST, Problem, Source};
use serde_json::Value;

/// What an object comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its number in the file, from 1.
    pub number: u32,
    /// The patient an object is about that cannot be taken, where it says at least that.
    pub key: Option<ExternalId>,
    /// What it comes to, or what is wrong with it.
    pub item: Result<Item, Vec<Problem>>,
}

/// Reads a file: a list, or an object a line.
#[derive(Debug)]
pub struct Reader {
    source: Source,
    splitter: Splitter,
    number: u32,
}

impl Reader {
    /// Lists of objects, or objects one behind the other.
    pub fn document(source: Source) -> Self {
        Self::of(source, Splitter::document(LONGEST))
    }

    /// One object a line.
    pub fn lines(source: Source) -> Self {
        Self::of(source, Splitter::lines(LONGEST))
    }

    const fn of(source: Source, splitter: Splitter) -> Self {
        Self {
            source,
            splitter,
            number: 0,
        }
    }

    /// Takes what has arrived.
    pub fn push(&mut self, bytes: &[u8], found: &mut Vec<Found>) {
        let mut pieces = Vec::new();
        self.splitter.push(bytes, &mut pieces);
        self.all(pieces, found);
    }

    /// Says that nothing more arrives.
    pub fn end(&mut self, found: &mut Vec<Found>) {
        let mut pieces = Vec::new();
        self.splitter.end(&mut pieces);
        self.all(pieces, found);
    }

    fn all(&mut self, pieces: Vec<Piece>, found: &mut Vec<Found>) {
        for piece in pieces {
            self.number = self.number.saturating_add(1);
            let no = |text| Err(vec![Problem::new("object", text)]);
            let mut key = None;
            let item = match piece {
                Piece::TooLong => no("must have at most 1 MiB"),
                Piece::Broken(why) => no(why),
                Piece::Value(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(value) => {
                        let item = self.read(&value);
                        key = patient::key(&value).filter(|_| item.is_err());
                        item
                    }
                    Err(_) => no("must be JSON, nested less than 128 deep"),
                },
            };
            found.push(Found {
                number: self.number,
                key: key.map(|key| self.source.id(&key)),
                item,
            });
        }
    }

    /// An object is told by its key: a visit and a recall have the patient's too.
    fn read(&self, value: &Value) -> Result<Item, Vec<Problem>> {
        let Some(object) = value.as_object() else {
            return Err(vec![Problem::new("object", "must be an object")]);
        };
        let has = |name: &str| object.keys().any(|key| key.eq_ignore_ascii_case(name));
        if has("AptNum") && has("AptDateTime") {
            appointment::read(object, &self.source)
        } else if has("RecallNum") {
            recall::read(object, &self.source)
        } else {
            patient::read(object, &self.source)
        }
    }
}

#[cfg(test)]
mod tests;
