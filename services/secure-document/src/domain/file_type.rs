//! The kinds of files that may be shared, told by their bytes and not by what they claim to be.

use super::media_type::MediaType;

/// A kind of file on the list. Anything a browser would run (HTML, SVG, scripts) is not on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileType {
    Pdf,
    Png,
    Jpeg,
    Dicom,
    Docx,
    Xlsx,
    Text,
    Csv,
}

/// The declared type is not on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of the types that may be shared, as application/pdf")]
pub(crate) struct NotShared;

/// Bytes from the start of a file that tell its kind.
pub(crate) const HEAD: usize = 8 * 1024;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl FileType {
    const ALL: [Self; 8] = [
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Dicom,
        Self::Docx,
        Self::Xlsx,
        Self::Text,
        Self::Csv,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Dicom => "application/dicom",
            Self::Docx => DOCX,
            Self::Xlsx => XLSX,
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// The kind a media type names.
    pub(crate) fn declared(media_type: &MediaType) -> Result<Self, NotShared> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == media_type.as_str())
            .ok_or(NotShared)
    }

    /// The media type.
    pub(crate) fn media_type(self) -> MediaType {
        MediaType::parse(self.name()).expect("every name on the list is a media type")
    }

    /// Whether a file that starts like this can be of this kind.
    pub(crate) fn matches(self, head: &[u8]) -> bool {
        match self {
            // Readers search the first kilobyte for the header (ISO 32000-1, H.3.4.1), but a file
            // that starts as something else is two kinds at once.
            Self::Pdf => head.starts_with(b"%PDF-"),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => head.starts_with(b"\xff\xd8\xff"),
            // The preamble may be anything (DICOM PS3.10 7.1); it must not be another kind's start.
            Self::Dicom => head.get(128..132) == Some(b"DICM") && known(&head[..128]).is_none(),
            Self::Docx => is_package(head, DOCX),
            Self::Xlsx => is_package(head, XLSX),
            Self::Text | Self::Csv => known(head).is_none() && !head.contains(&0) && !markup(head),
        }
    }
}

fn known(head: &[u8]) -> Option<&'static str> {
    infer::get(head).map(|kind| kind.mime_type())
}

/// An Office package: a zip archive that is not another kind of one.
fn is_package(head: &[u8], wanted: &str) -> bool {
    head.starts_with(b"PK\x03\x04")
        && known(head).is_some_and(|found| found == wanted || found == "application/zip")
}

/// Whether text starts like something a browser would run.
fn markup(head: &[u8]) -> bool {
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    text.first() == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn dicom(preamble: &[u8]) -> Vec<u8> {
        let mut file = preamble.to_vec();
        file.resize(128, 0);
        file.extend_from_slice(b"DICM\x02\0\0\0UL");
        file
    }

    #[test]
    fn files_are_what_they_say() {
        assert!(FileType::Pdf.matches(b"%PDF-1.7\n%\xe2\xe3"));
        assert!(FileType::Png.matches(PNG));
        assert!(FileType::Jpeg.matches(b"\xff\xd8\xff\xe0\0\x10JFIF"));
        assert!(FileType::Dicom.matches(&dicom(b"")));
        assert!(FileType::Docx.matches(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0"));
        assert!(FileType::Text.matches("Bonjour, Léa".as_bytes()));
        assert!(FileType::Csv.matches(b"name;price\ncrown;900\n"));
    }

    #[test]
    fn disguises_are_seen_through() {
        for (kind, bytes) in [
            (FileType::Pdf, &b"MZ\x90\0\x03\0\0\0"[..]),
            (FileType::Pdf, b"<html><script>"),
            (FileType::Pdf, b"PK\x03\x04"),
            (FileType::Pdf, b"GIF89a%PDF-1.7"),
            (FileType::Png, b"\xff\xd8\xff\xe0"),
            (FileType::Dicom, &dicom(b"%PDF-1.7")),
            (FileType::Docx, b"%PDF-1.7"),
            (FileType::Text, b" \n<!DOCTYPE html>"),
            (FileType::Csv, b"\xef\xbb\xbf<svg xmlns=''>"),
            (FileType::Text, b"MZ\x90\0\x03\0\0\0"),
            (FileType::Text, PNG),
            (FileType::Pdf, b""),
        ] {
            assert!(!kind.matches(bytes), "{kind:?}");
        }
    }

    #[test]
    fn only_listed_types_may_be_declared() {
        for kind in FileType::ALL {
            assert_eq!(FileType::declared(&kind.media_type()), Ok(kind));
        }
        for other in ["text/html", "image/svg+xml", "application/octet-stream"] {
            assert_eq!(
                FileType::declared(&MediaType::parse(other).unwrap()),
                Err(NotShared)
            );
        }
    }
}
