//! What a message comes to.

use super::message::Message;
use super::{Fault, Header, code, patient, visit};
use crate::{Item, Source};

/// What messages do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The source.
    pub source: Source,
    /// The assigning authority (CX-4) of the identifiers that name patients; if none is given, the only identifier,
    /// or the medical record number (type MR).
    pub authority: Option<String>,
}

/// Reads a message whose header is good.
pub fn read(
    message: &Message,
    header: &Header,
    options: &Options,
) -> Result<Vec<Item>, Vec<Fault>> {
    match (header.kind.as_str(), header.event.as_str()) {
        ("ADT", "A01" | "A04" | "A05" | "A08" | "A28" | "A31") => {
            let Some(pid) = message.segment("PID") else {
                return Err(vec![Fault::new(code::SEGMENT, "PID", "must be given")]);
            };
            let row = patient::read(message, pid, header, options)?;
            Ok(vec![Item::Patient(Box::new(row))])
        }
        ("ADT", "A40") => merges(message, options).map_err(|fault| vec![fault]),
        ("ADT", event) if known(event, 'A', 62) => {
            Ok(vec![Item::Skipped("the event is none of a patient's data")])
        }
        ("SIU", "S12" | "S13" | "S14" | "S15" | "S16" | "S17" | "S26") => {
            visit_of(message, header, options)
        }
        ("SIU", event) if known(event, 'S', 26) => {
            Ok(vec![Item::Skipped("the event is none of a visit")])
        }
        ("ADT" | "SIU", _) => Err(vec![Fault::new(
            code::EVENT,
            "MSH-9.2",
            "must be an event that is taken here",
        )]),
        _ => Err(vec![Fault::new(
            code::MESSAGE_TYPE,
            "MSH-9.1",
            "must be ADT or SIU",
        )]),
    }
}

/// Whether an event is one of the standard's.
fn known(event: &str, letter: char, last: u8) -> bool {
    let number = event
        .strip_prefix(letter)
        .filter(|digits| digits.len() == 2);
    number
        .and_then(|digits| digits.parse::<u8>().ok())
        .is_some_and(|number| (1..=last).contains(&number))
}

/// A40: behind each PID the MRG of the record that becomes part of it.
fn merges(message: &Message, options: &Options) -> Result<Vec<Item>, Fault> {
    let (mut survivor, mut items) = (None, Vec::new());
    for segment in message.segments() {
        match segment.name() {
            "PID" => survivor = Some(patient::identifier(segment.field(3), options, "PID-3")?),
            "MRG" => {
                let Some(survivor) = survivor.clone() else {
                    return Err(Fault::new(code::SEGMENT, "PID", "must be before MRG"));
                };
                let duplicate = patient::identifier(segment.field(1), options, "MRG-1")?;
                items.push(Item::Merge {
                    survivor,
                    duplicate,
                });
            }
            _ => {}
        }
    }
    if items.is_empty() {
        return Err(Fault::new(code::SEGMENT, "MRG", "must be given"));
    }
    Ok(items)
}

/// A visit, and before it the patient as far as the message says who that is.
fn visit_of(
    message: &Message,
    header: &Header,
    options: &Options,
) -> Result<Vec<Item>, Vec<Fault>> {
    let Some(pid) = message.segment("PID") else {
        return Ok(vec![Item::Skipped("the time is nobody's")]);
    };
    let mut items = Vec::new();
    let who = if pid.field(5).is_empty() {
        patient::identifier(pid.field(3), options, "PID-3").map_err(|fault| vec![fault])?
    } else {
        let row = patient::read(message, pid, header, options)?;
        let who = row.key.clone();
        items.push(Item::Patient(Box::new(row)));
        who
    };
    let visit = visit::read(message, header, &who, options)?;
    items.push(Item::Appointment(Box::new(visit)));
    Ok(items)
}

#[cfg(test)]
mod tests;
