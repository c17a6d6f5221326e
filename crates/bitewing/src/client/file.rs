//! A file as it is sent: checked before anything leaves the machine.

use super::failure::Failure;
use super::output::Output;
use super::progress::Bar;
use aws_lc_rs::digest::{Context, SHA256};
use std::path::{Path, PathBuf};
use tokio::io::AsyncReadExt as _;

/// What the gateway takes (`CreateUploadRequest.size`).
const LARGEST: u64 = 524_288_000;
/// Bytes read at once.
const PIECE: usize = 1 << 20;
/// What the gateway takes, by the endings files have.
const TYPES: [(&str, &str); 9] = [
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("dcm", "application/dicom"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
];

/// A file to be sent.
#[derive(Debug)]
pub(super) struct Sendable {
    pub(super) path: PathBuf,
    /// As the patient sees it.
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) size: u64,
    /// Of its bytes, hexadecimal: what makes it the same file when it is sent again. Empty until read.
    pub(super) sha256: String,
}

impl Sendable {
    /// Looks at a file.
    pub(super) fn look(
        path: &Path,
        name: Option<&str>,
        media_type: Option<&str>,
    ) -> Result<Self, Failure> {
        let no = |problem: &str| Failure::Usage(format!("{}: {problem}", path.display()));
        let metadata = std::fs::metadata(path).map_err(|error| no(&error.to_string()))?;
        if !metadata.is_file() {
            return Err(no("is no file"));
        }
        let size = metadata.len();
        if size == 0 {
            return Err(no("is empty"));
        }
        if size > LARGEST {
            return Err(no("is larger than 500 MB"));
        }
        let own = path.file_name().and_then(|name| name.to_str());
        let name = name
            .or(own)
            .ok_or_else(|| no("the name is not UTF-8: give another one with --name"))?;
        let ending = Path::new(name)
            .extension()
            .or(path.extension())
            .and_then(|ending| ending.to_str())
            .unwrap_or_default()
            .to_lowercase();
        let known = TYPES.iter().find(|(known, _)| *known == ending);
        let media_type = media_type.or(known.map(|(_, media_type)| *media_type));
        let media_type = media_type.ok_or_else(|| {
            let endings: Vec<_> = TYPES.iter().map(|(ending, _)| *ending).collect();
            no(&format!(
                "must end with one of {}, or its type be given with --media-type",
                endings.join(", ")
            ))
        })?;
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size,
            sha256: String::new(),
        })
    }

    /// Reads it once, to know it again.
    pub(super) async fn read(&mut self, output: &Output) -> Result<(), Failure> {
        let path = self.path.display().to_string();
        let failed = |error: std::io::Error| Failure::Usage(format!("{path}: {error}"));
        let mut file = tokio::fs::File::open(&self.path).await.map_err(failed)?;
        let (mut context, mut buffer) = (Context::new(&SHA256), vec![0; PIECE]);
        let (bar, mut done) = (Bar::new(self.size, 0), 0);
        let what = format!("reading {}", self.name);
        loop {
            let read = file.read(&mut buffer).await.map_err(failed)?;
            if read == 0 {
                break;
            }
            context.update(&buffer[..read]);
            done += read as u64;
            output.progress().draw(&what, &bar, done);
        }
        if done != self.size {
            return Err(self.changed());
        }
        self.sha256 = hex::encode(context.finish());
        Ok(())
    }

    /// What is told when it is not the file any more that was looked at.
    pub(super) fn changed(&self) -> Failure {
        Failure::Usage(format!(
            "{}: was changed while it was sent",
            self.path.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path) -> String {
        Sendable::look(path, None, None).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_anything_leaves() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(refusal(&here.join("missing.pdf")).contains("No such file"));
        assert!(refusal(here).ends_with("is no file"));
        assert!(refusal(Path::new("/dev/null")).ends_with("is no file"));
        assert!(refusal(&here.join("Cargo.toml")).contains("--media-type"));
    }

    #[test]
    fn a_type_is_told_by_the_ending_of_the_shown_name_or_given() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let named = Sendable::look(&path, Some("Plan.TXT"), None).unwrap();
        assert_eq!(
            (named.name.as_str(), named.media_type.as_str()),
            ("Plan.TXT", "text/plain")
        );
        let given = Sendable::look(&path, None, Some("text/plain")).unwrap();
        assert_eq!(given.name, "Cargo.toml");
    }
}
