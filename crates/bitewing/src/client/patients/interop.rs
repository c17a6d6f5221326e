//! Files of FHIR, Open Dental and HL7 v2, read in pieces.

use super::super::failure::Failure;
use super::super::output::Output;
use super::super::progress::Bar;
use super::format::Format;
use super::run::{Run, Whose};
use bitewing_interop::hl7::charset::{self, Charset};
use bitewing_interop::hl7::file::{Piece, Splitter};
use bitewing_interop::hl7::{self, Header, Message};
use bitewing_interop::{ExternalId, Item, Problem, Source, fhir, opendental};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// How a file is to be read.
pub(super) struct Reading {
    pub(super) format: Format,
    pub(super) source: Source,
    /// The system or the authority of the identifiers that name patients.
    pub(super) identifiers: Option<String>,
    /// The letters of HL7 messages that do not say theirs.
    pub(super) charset: Charset,
}

/// Whom something is about that cannot be taken.
enum Key {
    Patient(ExternalId),
    Nobodys,
    Unknown,
}

/// What was found at a place.
type Found = (u32, Key, Result<Vec<Item>, Vec<Problem>>);

/// A reader of any of the formats.
enum Reader {
    Fhir(Box<fhir::Reader>),
    OpenDental(opendental::Reader),
    Hl7(Splitter, Box<hl7::Options>, Charset, u32),
}

impl Reading {
    fn reader(&self) -> Reader {
        let (source, identifiers) = (self.source.clone(), self.identifiers.clone());
        match self.format {
            Format::Ndjson => Reader::Fhir(Box::new(fhir::Reader::ndjson(fhir::Options {
                source,
                identifiers,
            }))),
            Format::OpenDental => Reader::OpenDental(opendental::Reader::document(source)),
            Format::Hl7 => {
                let options = hl7::Options {
                    source,
                    authority: identifiers,
                };
                Reader::Hl7(Splitter::default(), Box::new(options), self.charset, 0)
            }
            Format::Fhir | Format::Csv => {
                Reader::Fhir(Box::new(fhir::Reader::document(fhir::Options {
                    source,
                    identifiers,
                })))
            }
        }
    }

    /// Reads a file to its end.
    pub(super) async fn all(
        &self,
        path: &Path,
        run: &mut Run<'_>,
        output: &Output,
    ) -> Result<(), Failure> {
        let no = |error: std::io::Error| Failure::Usage(format!("{}: {error}", path.display()));
        let mut file = File::open(path).map_err(no)?;
        let bar = Bar::new(file.metadata().map_err(no)?.len(), 0);
        let mut reader = self.reader();
        let (mut piece, mut done) = (vec![0; PIECE], 0_u64);
        loop {
            let read = file.read(&mut piece).map_err(no)?;
            let found = if read == 0 {
                reader.end()
            } else {
                reader.push(&piece[..read])
            };
            for (number, key, item) in found {
                let number = i32::try_from(number).map_err(|_| super::import::too_long())?;
                match item {
                    Ok(items) => {
                        for item in items {
                            run.item(number, item).await?;
                        }
                    }
                    Err(problems) => {
                        let whose = match &key {
                            Key::Patient(key) => Whose::Patient(&key.value),
                            Key::Nobodys => Whose::Nobodys,
                            Key::Unknown => Whose::Unknown,
                        };
                        run.bad(number, 0, whose, &problems)?;
                    }
                }
            }
            if read == 0 {
                return Ok(());
            }
            done += read as u64;
            output.progress().draw("importing", &bar, done);
        }
    }
}

impl Reader {
    fn push(&mut self, bytes: &[u8]) -> Vec<Found> {
        match self {
            Self::Fhir(reader) => {
                let mut found = Vec::new();
                reader.push(bytes, &mut found);
                found.into_iter().map(of_fhir).collect()
            }
            Self::OpenDental(reader) => {
                let mut found = Vec::new();
                reader.push(bytes, &mut found);
                found.into_iter().map(of_open_dental).collect()
            }
            Self::Hl7(splitter, options, charset, number) => {
                let mut pieces = Vec::new();
                splitter.push(bytes, &mut pieces);
                of_hl7(pieces, options, *charset, number)
            }
        }
    }

    fn end(&mut self) -> Vec<Found> {
        match self {
            Self::Fhir(reader) => {
                let mut found = Vec::new();
                reader.end(&mut found);
                found.into_iter().map(of_fhir).collect()
            }
            Self::OpenDental(reader) => {
                let mut found = Vec::new();
                reader.end(&mut found);
                found.into_iter().map(of_open_dental).collect()
            }
            Self::Hl7(splitter, options, charset, number) => {
                let mut pieces = Vec::new();
                splitter.end(&mut pieces);
                of_hl7(pieces, options, *charset, number)
            }
        }
    }
}

fn of_fhir(found: fhir::Found) -> Found {
    let key = match found.kind.as_str() {
        "" | "Patient" => found.key.map_or(Key::Unknown, Key::Patient),
        _ => Key::Nobodys,
    };
    (found.number, key, found.item.map(|item| vec![item]))
}

fn of_open_dental(found: opendental::Found) -> Found {
    let key = found.key.map_or(Key::Unknown, Key::Patient);
    (found.number, key, found.item.map(|item| vec![item]))
}

fn of_hl7(
    pieces: Vec<Piece>,
    options: &hl7::Options,
    charset: Charset,
    number: &mut u32,
) -> Vec<Found> {
    let read = |piece: Piece| {
        let bytes = match piece {
            Piece::Message(bytes) => bytes,
            Piece::TooLong => {
                let text = "must be of a message of at most 1 MiB";
                return Err(vec![Problem::new("MSH", text)]);
            }
        };
        let one = |fault: hl7::Fault| vec![fault.problem];
        let text = charset::decode(&bytes, charset).map_err(one)?;
        let message = Message::parse(&text).map_err(one)?;
        let header = Header::of(&message);
        header.check().map_err(one)?;
        let items = hl7::read(&message, &header, options);
        items.map_err(|faults| faults.into_iter().map(|fault| fault.problem).collect())
    };
    let numbered = pieces.into_iter().map(|piece| {
        *number = number.saturating_add(1);
        (*number, Key::Nobodys, read(piece))
    });
    numbered.collect()
}
