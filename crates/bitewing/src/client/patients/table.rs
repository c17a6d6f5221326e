//! A file as records: the delimiter, the header, and how its dates are written.

use super::super::failure::Failure;
use super::columns::Column;
use super::encoding::{Encoding, Utf8};
use super::mapping::Mapping;
use super::value::Order;
use csv::{Reader, ReaderBuilder};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// How much of a file is looked at for its delimiter.
const HEAD: u64 = 64 << 10;
/// What may stand between cells, the most likely one first where two are as frequent.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A file whose form is known.
pub(super) struct Table {
    path: PathBuf,
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    /// What each column holds.
    pub(super) columns: Vec<Column>,
    /// Headers nobody reads.
    pub(super) unread: Vec<String>,
    pub(super) size: u64,
}

impl Table {
    /// Looks at a file.
    pub(super) fn open(
        path: &Path,
        encoding: Option<Encoding>,
        delimiter: Option<u8>,
        mapping: &Mapping,
    ) -> Result<Self, Failure> {
        let no = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
        let open = || File::open(path).map_err(|error| no(error.to_string()));
        let size = open()?
            .metadata()
            .map_err(|error| no(error.to_string()))?
            .len();
        let encoding = match encoding {
            Some(encoding) => encoding,
            None => Encoding::detect(open()?).map_err(|error| no(error.to_string()))?,
        };
        let delimiter = if let Some(delimiter) = delimiter {
            delimiter
        } else {
            let mut head = Vec::new();
            let read = Utf8::of(open()?, encoding)
                .take(HEAD)
                .read_to_end(&mut head);
            read.map_err(|error| no(error.to_string()))?;
            likely(&head)
        };
        let mut table = Self {
            path: path.to_owned(),
            encoding,
            delimiter,
            columns: Vec::new(),
            unread: Vec::new(),
            size,
        };
        let mut reader = table.reader()?;
        let headers = reader.headers().map_err(|error| no(error.to_string()))?;
        let headers: Vec<String> = headers.iter().map(|one| one.trim().to_owned()).collect();
        if let Some(missing) = mapping.missing(&headers) {
            return Err(no(format!(
                "has no column '{missing}', which the mapping names"
            )));
        }
        for header in headers {
            let column = mapping.column(&header);
            table.columns.push(column.unwrap_or(Column::Ignore));
            if column.is_none() && !header.is_empty() {
                table.unread.push(header);
            }
        }
        if !table.columns.contains(&Column::ExternalId) {
            return Err(no(
                "has no column with the patient's number in the dental system: name it in a --mapping file"
                    .to_owned(),
            ));
        }
        Ok(table)
    }

    /// Its records, from the beginning. A record of another length than the header is answered as it is.
    pub(super) fn reader(&self) -> Result<Reader<Utf8<File>>, Failure> {
        let file = File::open(&self.path)
            .map_err(|error| Failure::Usage(format!("{}: {error}", self.path.display())))?;
        Ok(ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .from_reader(Utf8::of(file, self.encoding)))
    }

    /// How dates with slashes are written, as far as the file tells by itself.
    pub(super) fn order(&self) -> Result<Option<Order>, Failure> {
        let no = |problem: &str| Failure::Usage(format!("{}: {problem}", self.path.display()));
        let dates = |column: &Column| matches!(column, Column::BirthDate | Column::PatientSince);
        let places = self.columns.iter().enumerate();
        let places: Vec<_> = places.filter(|(_, column)| dates(column)).collect();
        let (mut told, mut needed) = (None, false);
        if places.is_empty() {
            return Ok(None);
        }
        for record in self.reader()?.records() {
            let record = record.map_err(|error| no(&error.to_string()))?;
            for (place, _) in &places {
                let cell = record.get(*place).unwrap_or_default().trim();
                needed |= Order::is_needed(cell);
                match (told, Order::told_by(cell)) {
                    (Some(before), Some(now)) if before != now => {
                        return Err(no(
                            "has dates in both orders: say --dates dmy or --dates mdy",
                        ));
                    }
                    (None, now) => told = now,
                    _ => {}
                }
            }
        }
        if needed && told.is_none() {
            return Err(no(
                "has dates that may be two days: say --dates dmy or --dates mdy",
            ));
        }
        Ok(told)
    }
}

/// The delimiter the first line has most of, outside quotes.
fn likely(head: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                if let Some(place) = DELIMITERS.iter().position(|one| one == byte) {
                    counts[place] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let place = counts.iter().position(|count| *count == most);
    DELIMITERS[place.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_the_header_has_most_of() {
        assert_eq!(likely(b"Id,First,Last\n1;2;3;4;5;6\n"), b',');
        assert_eq!(likely(b"Id;\"a,b,c,d\";Last\n"), b';');
        assert_eq!(likely(b"Id\tFirst\n"), b'\t');
        assert_eq!(likely(b"Id\n"), b',');
    }
}
