//! Which format a file is.

use super::super::failure::Failure;
use bitewing_interop::opendental::KEYS;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// How much of a file is looked at.
const HEAD: u64 = 64 << 10;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A table with a header.
    Csv,
    /// HL7 FHIR R4: a Bundle or resources, as JSON.
    Fhir,
    /// HL7 FHIR R4: a resource a line.
    Ndjson,
    /// Lists of patients, appointments and recalls, as the API of Open Dental writes them.
    #[value(name = "opendental")]
    OpenDental,
    /// HL7 v2: ADT and SIU messages.
    Hl7,
}

impl Format {
    /// What a file is by its beginning, and by its name where that does not tell.
    pub(super) fn detect(path: &Path) -> Result<Self, Failure> {
        let no = |error: std::io::Error| Failure::Usage(format!("{}: {error}", path.display()));
        let mut head = Vec::new();
        let file = File::open(path).map_err(no)?;
        file.take(HEAD).read_to_end(&mut head).map_err(no)?;
        let name = path
            .extension()
            .map(|end| end.to_string_lossy().to_lowercase());
        Ok(Self::of(name.as_deref().unwrap_or_default(), &head))
    }

    fn of(end: &str, head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches(['\u{feff}', '\u{b}', ' ', '\t', '\r', '\n']);
        if ["MSH", "FHS", "BHS"]
            .iter()
            .any(|name| text.starts_with(name) && !text[3..].starts_with(char::is_alphanumeric))
        {
            return Self::Hl7;
        }
        if !text.starts_with(['{', '[']) {
            return Self::Csv;
        }
        let resource = text.contains("\"resourceType\"");
        let dental = KEYS.iter().any(|key| text.contains(&format!("\"{key}\"")));
        let lines = matches!(end, "ndjson" | "jsonl") || several(text);
        match (resource, dental, lines) {
            (false, true, _) => Self::OpenDental,
            (_, _, true) => Self::Ndjson,
            _ => Self::Fhir,
        }
    }
}

/// Whether the first two lines are an object each.
fn several(text: &str) -> bool {
    let whole = |line: &str| line.starts_with('{') && line.ends_with('}');
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().is_some_and(whole);
    first && lines.next().is_some_and(|line| line.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        for (end, head, format) in [
            ("csv", "Id,Name\n", Format::Csv),
            ("txt", "MSH|^~\\&|A", Format::Hl7),
            ("hl7", "\u{b}MSH|^~\\&|A", Format::Hl7),
            ("csv", "MSHX,Name\n", Format::Csv),
            ("json", "[{\"PatNum\": 1}]", Format::OpenDental),
            ("json", "{\n \"resourceType\": \"Bundle\"}", Format::Fhir),
            ("ndjson", "{\"resourceType\":\"Patient\"}\n", Format::Ndjson),
            (
                "json",
                "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\"}\n",
                Format::Ndjson,
            ),
            (
                "json",
                "\u{feff}{\"resourceType\":\"Patient\"}",
                Format::Fhir,
            ),
        ] {
            assert_eq!(Format::of(end, head.as_bytes()), format, "{head}");
        }
    }
}
