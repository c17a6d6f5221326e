//! Files of the person who calls: readable by nobody else, replaced as a whole.

use super::failure::Failure;
use bitewing_runtime::Environment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A folder of ours below one of the XDG base directories.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Settings: `XDG_CONFIG_HOME`, or `~/.config`.
    pub(super) fn of_settings(env: &Environment) -> Result<Self, Failure> {
        Self::below(env, "XDG_CONFIG_HOME", ".config")
    }

    /// What is under way: `XDG_STATE_HOME`, or `~/.local/state`.
    pub(super) fn of_state(env: &Environment) -> Result<Self, Failure> {
        Self::below(env, "XDG_STATE_HOME", ".local/state")
    }

    fn below(env: &Environment, variable: &str, default: &str) -> Result<Self, Failure> {
        let text = |name: &str| {
            env.text(name)
                .map_err(|error| Failure::Usage(error.to_string()))
        };
        // The XDG base directory specification ignores paths that are not absolute.
        let named = text(variable)?
            .map(PathBuf::from)
            .filter(|path| path.is_absolute());
        let base = match (named, text("HOME")?) {
            (Some(base), _) => base,
            (None, Some(home)) => Path::new(&home).join(default),
            (None, None) => {
                return Err(Failure::Usage(format!(
                    "neither {variable} nor HOME is set"
                )));
            }
        };
        Ok(Self(base.join("bitewing")))
    }

    /// A folder in it.
    pub(super) fn within(&self, name: &str) -> Self {
        Self(self.0.join(name))
    }

    /// A file in it.
    pub(super) fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// Everything in it.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    fn make(&self) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
    }

    /// Waits until no other command works on what this names, and keeps others waiting.
    pub(super) fn lock(&self, name: &str) -> Result<File, Failure> {
        let path = self.file(format!("{name}.lock"));
        let open = || -> io::Result<File> {
            self.make()?;
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false).mode(0o600);
            let file = options.open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|error| trouble(&path, &error))
    }

    /// The same, but gives up where another command holds it.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<File>, Failure> {
        let path = self.file(format!("{name}.lock"));
        let open = || -> io::Result<Option<File>> {
            self.make()?;
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false).mode(0o600);
            let file = options.open(&path)?;
            match file.try_lock() {
                Ok(()) => Ok(Some(file)),
                Err(fs::TryLockError::WouldBlock) => Ok(None),
                Err(fs::TryLockError::Error(error)) => Err(error),
            }
        };
        open().map_err(|error| trouble(&path, &error))
    }

    /// What a file holds; none where there is no file.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|_| Failure::Usage(format!("{} is damaged", path.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(trouble(&path, &error)),
        }
    }

    /// Replaces a file; a power cut leaves the old one or the new one.
    pub(super) fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Failure> {
        let (path, fresh) = (self.file(name), self.file(format!("{name}.new")));
        let write = || -> io::Result<()> {
            self.make()?;
            // One that a kill left behind could be readable by others.
            match fs::remove_file(&fresh) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&fresh)?;
            file.write_all(&serde_json::to_vec_pretty(value)?)?;
            file.sync_all()?;
            fs::rename(&fresh, &path)
        };
        write().map_err(|error| trouble(&path, &error))
    }

    /// Removes a file; says whether there was one.
    pub(super) fn remove(&self, name: &str) -> Result<bool, Failure> {
        let path = self.file(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(trouble(&path, &error)),
        }
    }
}

fn trouble(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("{}: {error}", path.display()))
}
