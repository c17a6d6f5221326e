//! Resources as they arrive.

use super::{Options, appointment, identifier, patient, related, text};
use crate::split::{Piece, Splitter};
use crate::{ExternalId, Item, LONGEST, Problem, Row};
use serde_json::Value;

/// What a resource comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its number in the file, from 1; the wrapping Bundle counts for none.
    pub number: u32,
    /// Its kind, as `Patient`; empty where that cannot be read.
    pub kind: String,
    /// The patient a resource is about that cannot be taken, where it says at least that.
    pub key: Option<ExternalId>,
    /// The numbers of the resources that were taken with it.
    pub parts: Vec<(u32, String)>,
    /// What it comes to, or what is wrong with it.
    pub item: Result<Item, Vec<Problem>>,
}

/// Reads a file.
#[derive(Debug)]
pub struct Reader {
    options: Options,
    splitter: Splitter,
    number: u32,
    /// A patient to whom more may belong.
    waiting: Option<Waiting>,
    /// The patient that was read last, and what refers to it.
    last: Option<(Vec<String>, ExternalId)>,
}

/// A patient's number, row and parts.
type Waiting = (u32, Row, Vec<(u32, String)>);

/// More than this of text is no name of a kind.
const LONGEST_KIND: usize = 60;

impl Reader {
    /// One resource a line, as bulk exports have it.
    pub fn ndjson(options: Options) -> Self {
        Self::of(options, Splitter::lines(LONGEST))
    }

    /// A Bundle, or one resource.
    pub fn document(options: Options) -> Self {
        Self::of(options, Splitter::document(LONGEST))
    }

    fn of(options: Options, splitter: Splitter) -> Self {
        Self {
            options,
            splitter,
            number: 0,
            waiting: None,
            last: None,
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
        self.release(found);
    }

    fn all(&mut self, pieces: Vec<Piece>, found: &mut Vec<Found>) {
        for piece in pieces {
            match piece {
                Piece::TooLong => self.refuse("must have at most 1 MiB", found),
                Piece::Broken(why) => self.refuse(why, found),
                Piece::Value(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(value) => self.value(value, found),
                    Err(_) => self.refuse("must be JSON, nested less than 128 deep", found),
                },
            }
        }
    }

    fn refuse(&mut self, why: &'static str, found: &mut Vec<Found>) {
        let number = self.next();
        let item = Err(vec![Problem::new("Resource", why)]);
        self.give(number, String::new(), item, found);
    }

    fn next(&mut self) -> u32 {
        self.number = self.number.saturating_add(1);
        self.number
    }

    /// A resource, or the entry of a Bundle around it.
    fn value(&mut self, mut value: Value, found: &mut Vec<Found>) {
        if text(&value, "resourceType") == "Bundle" {
            // Its entries were taken out of it.
            return;
        }
        let url = text(&value, "fullUrl").to_owned();
        let resource = if value["resourceType"].is_null() {
            value
                .get_mut("resource")
                .map(Value::take)
                .unwrap_or_default()
        } else {
            value
        };
        let number = self.next();
        let kind: String = text(&resource, "resourceType")
            .chars()
            .take(LONGEST_KIND)
            .collect();
        match kind.as_str() {
            "Patient" => self.patient(number, kind, &resource, url, found),
            "RelatedPerson" => self.related(number, kind, &resource, found),
            "Appointment" => {
                let item = appointment::read(&resource, &self.options, |to| self.referred(to));
                let item = item.map(|visit| Item::Appointment(Box::new(visit)));
                self.give(number, kind, item, found);
            }
            "" => {
                let problem = Problem::new("Resource.resourceType", "must be given");
                self.give(number, kind, Err(vec![problem]), found);
            }
            _ => {
                let item = Ok(Item::Skipped("no patient is made of it"));
                self.give(number, kind, item, found);
            }
        }
    }

    fn patient(
        &mut self,
        number: u32,
        kind: String,
        patient: &Value,
        url: String,
        found: &mut Vec<Found>,
    ) {
        self.release(found);
        self.last = None;
        if patient["active"] == Value::Bool(false) {
            let item = Ok(Item::Skipped("the patient is not active there"));
            return self.give(number, kind, item, found);
        }
        match patient::read(patient, &self.options) {
            Ok(row) => {
                let mut names = vec![url];
                if let Some(id) = patient["id"].as_str() {
                    names.push(format!("Patient/{id}"));
                }
                names.retain(|name| !name.is_empty());
                self.last = Some((names, row.key.clone()));
                self.waiting = Some((number, row, Vec::new()));
            }
            Err(problems) => {
                let key = identifier(patient, &self.options).ok();
                self.give(number, kind, Err(problems), found);
                if let Some(last) = found.last_mut() {
                    last.key = key.map(|(key, _)| key);
                }
            }
        }
    }

    fn related(&mut self, number: u32, kind: String, person: &Value, found: &mut Vec<Found>) {
        let known = self
            .referred(text(&person["patient"], "reference"))
            .is_some();
        let added = match &mut self.waiting {
            Some((_, row, parts)) if known => {
                let added = related::add(person, row);
                if added.is_ok() {
                    parts.push((number, kind.clone()));
                    return;
                }
                added
            }
            _ => {
                let text = "must be the patient before it in the same Bundle";
                Err(vec![Problem::new("RelatedPerson.patient", text)])
            }
        };
        let item = added.map(|()| Item::Skipped(""));
        found.push(Found {
            number,
            kind,
            key: None,
            parts: Vec::new(),
            item,
        });
    }

    /// The patient a reference leads to: the one that was read last, if it does.
    fn referred(&self, reference: &str) -> Option<ExternalId> {
        let (names, key) = self.last.as_ref()?;
        names
            .iter()
            .any(|name| name == reference)
            .then(|| key.clone())
    }

    /// Gives the patient that waited, if one did.
    fn release(&mut self, found: &mut Vec<Found>) {
        if let Some((number, row, parts)) = self.waiting.take() {
            let (kind, item) = ("Patient".to_owned(), Ok(Item::Patient(Box::new(row))));
            found.push(Found {
                number,
                kind,
                key: None,
                parts,
                item,
            });
        }
    }

    fn give(
        &mut self,
        number: u32,
        kind: String,
        item: Result<Item, Vec<Problem>>,
        found: &mut Vec<Found>,
    ) {
        self.release(found);
        found.push(Found {
            number,
            kind,
            key: None,
            parts: Vec::new(),
            item,
        });
    }
}

#[cfg(test)]
mod tests;
