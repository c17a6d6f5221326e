//! The file of rows that were not taken: where each is, and why. It holds no word of the rows themselves.

use super::super::failure::Failure;
use csv::Writer;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub(super) struct Refused {
    path: PathBuf,
    file: Option<Writer<File>>,
}

impl Refused {
    /// Takes away what a run before left.
    pub(super) fn at(path: PathBuf) -> Result<Self, Failure> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failure::Usage(format!("{}: {error}", path.display())))
            }
            _ => Ok(Self { path, file: None }),
        }
    }

    /// Where it is, if there is anything in it.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| self.path.as_path())
    }

    pub(super) fn write(
        &mut self,
        row: i32,
        line: u64,
        reason: &str,
        (field, description): (&str, &str),
    ) -> Result<(), Failure> {
        let (row, line) = (row.to_string(), line.to_string());
        let record = [row.as_str(), &line, reason, field, description];
        let path = self.path.clone();
        let no = |error: &dyn std::fmt::Display| {
            Failure::Other(format!("writing {}: {error}", path.display()))
        };
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).mode(0o600).open(&path);
            let mut file = Writer::from_writer(file.map_err(|error| no(&error))?);
            file.write_record(["row", "line", "reason", "field", "description"])
                .map_err(|error| no(&error))?;
            self.file.insert(file)
        };
        file.write_record(record).map_err(|error| no(&error))
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let flushed = self.file.as_mut().map_or(Ok(()), Writer::flush);
        flushed.map_err(|error| Failure::Other(format!("writing {}: {error}", self.path.display())))
    }
}
