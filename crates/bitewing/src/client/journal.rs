//! What is known of a sending that may be cut off: enough to go on, and nothing about the patient.
//!
//! The same command finds the same page, and from it the same `request_id` for every call, so that a
//! second run repeats what the first one asked instead of asking for more. Once a sending is done the
//! same command begins a new one.

use super::failure::Failure;
use super::keep::Folder;
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::time::Duration;

/// The gateway forgets a `request_id` after 24 hours; an hour is left for what is under way.
const REMEMBERED: i64 = 23 * 3600;
/// Pages older than this are of no use: nothing at the gateway waits for them any more.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// One sending.
pub(super) struct Journal {
    folder: Folder,
    key: String,
    pub(super) page: Page,
    /// Whether a run before this one began it.
    pub(super) resumed: bool,
    /// Nobody else sends the same at the same time.
    _turn: File,
}

/// What is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    /// How often the same was sent before.
    round: u32,
    /// Unix seconds.
    pub(super) begun: i64,
    done: bool,
    /// In the order of the files.
    pub(super) uploads: Vec<Upload>,
}

/// An upload that was announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    pub(super) document_id: String,
    pub(super) path: String,
}

impl Page {
    const fn first(round: u32, begun: i64) -> Self {
        Self {
            round,
            begun,
            done: false,
            uploads: Vec::new(),
        }
    }
}

/// A name for a sending: the same for the same parts in the same order, and for no others.
pub(super) fn key(parts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex::encode(context.finish())
}

impl Journal {
    /// Opens the page of a sending.
    pub(super) fn open(folder: Folder, key: String, now: i64) -> Result<Self, Failure> {
        prune(&folder);
        let turn = folder.try_lock(&key)?.ok_or_else(|| {
            Failure::Usage("another command is sending the same to the same patient".to_owned())
        })?;
        let found: Option<Page> = folder.read(&format!("{key}.json"))?;
        let (page, resumed) = match found {
            Some(page) if page.done => (Page::first(page.round + 1, now), false),
            Some(page) => (page, true),
            None => (Page::first(0, now), false),
        };
        let journal = Self {
            folder,
            key,
            page,
            resumed,
            _turn: turn,
        };
        journal.write()?;
        Ok(journal)
    }

    /// Whether the gateway may have forgotten what the run before asked.
    pub(super) const fn is_old(&self, now: i64) -> bool {
        now - self.page.begun > REMEMBERED
    }

    /// Begins anew with requests the gateway has not seen; keeps what arrived unless told otherwise.
    pub(super) fn renew(&mut self, now: i64, keep_uploads: bool) -> Result<(), Failure> {
        let uploads = std::mem::take(&mut self.page.uploads);
        self.page = Page::first(self.page.round + 1, now);
        if keep_uploads {
            self.page.uploads = uploads;
        }
        self.write()
    }

    /// Writes down that an upload was announced.
    pub(super) fn announced(&mut self, upload: Upload) -> Result<(), Failure> {
        self.page.uploads.push(upload);
        self.write()
    }

    /// Writes down that everything was done and told.
    pub(super) fn done(mut self) -> Result<(), Failure> {
        self.page.done = true;
        self.write()
    }

    /// The request id of a call (RFC 9562 version 8).
    pub(super) fn request_id(&self, call: &str) -> String {
        let round = self.page.round.to_string();
        let digest = key(&["request", &self.key, &round, call]);
        let mut bytes = [0; 16];
        hex::decode_to_slice(&digest[..32], &mut bytes).expect("a digest is hexadecimal");
        uuid::Builder::from_custom_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    fn write(&self) -> Result<(), Failure> {
        self.folder.write(&format!("{}.json", self.key), &self.page)
    }
}

/// Removes what no run will go on with. What cannot be removed now is removed by the next run.
fn prune(folder: &Folder) {
    for path in folder.files() {
        let age = path.metadata().and_then(|metadata| metadata.modified());
        if age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > KEPT)) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_runtime::Environment;

    fn is_request_id(text: &str) -> bool {
        uuid::Uuid::parse_str(text).is_ok_and(|id| id.get_version_num() == 8)
    }

    fn folder(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("bitewing-{}-{name}", std::process::id()));
        // A run before may have left it.
        let _ = std::fs::remove_dir_all(&path);
        let env = Environment::default().with("XDG_STATE_HOME", path.to_str().unwrap());
        Folder::of_state(&env).unwrap()
    }

    fn open(folder: &Folder, now: i64) -> Journal {
        Journal::open(folder.clone(), key(&["a"]), now).unwrap()
    }

    #[test]
    fn a_second_run_repeats_the_requests_of_the_first_until_it_is_done() {
        let folder = folder("journal");
        let mut first = open(&folder, 1_000);
        let (id, other) = (first.request_id("link"), first.request_id("upload 0"));
        assert!(is_request_id(&id) && id != other && !first.resumed);
        let upload = Upload {
            document_id: "doc_1".to_owned(),
            path: "/v1/uploads/upl_1".to_owned(),
        };
        first.announced(upload.clone()).unwrap();
        drop(first);
        let second = open(&folder, 2_000);
        assert!(second.resumed);
        assert_eq!(second.page.begun, 1_000);
        assert_eq!(second.page.uploads, [upload]);
        assert_eq!(second.request_id("link"), id);
        second.done().unwrap();
        let third = open(&folder, 3_000);
        assert!(!third.resumed && third.page.uploads.is_empty());
        assert_ne!(third.request_id("link"), id);
    }

    #[test]
    fn two_commands_do_not_send_the_same_at_once() {
        let folder = folder("turns");
        let first = open(&folder, 0);
        assert!(Journal::open(folder.clone(), key(&["a"]), 0).is_err());
        assert!(Journal::open(folder.clone(), key(&["b"]), 0).is_ok());
        drop(first);
        open(&folder, 0);
    }

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
    }
}
