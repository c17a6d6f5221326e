//! Where the files of one cluster lie.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;
use nix::unistd::geteuid;

/// A unix socket path holds 107 bytes on Linux and 103 on macOS, and Postgres adds a name of 14.
const LONGEST_SOCKET_DIR: usize = 88;

/// Names every file under one data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Creates the directory and resolves links, so that one cluster has one name.
    pub(crate) fn open(root: &Path) -> anyhow::Result<Layout> {
        fs::create_dir_all(root).with_context(|| format!("cannot create {}", root.display()))?;
        Ok(Layout {
            root: root.canonicalize()?,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The directory Postgres itself owns.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// A data directory being made; it is renamed once complete, so `data` is never half made.
    pub(crate) fn unfinished_data(&self) -> PathBuf {
        self.root.join("pg.unfinished")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// Held while somebody starts the cluster.
    pub(crate) fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Held by the process that will stop the cluster; the kernel lets go when that process dies.
    pub(crate) fn owner_lock(&self) -> PathBuf {
        self.root.join("owner.lock")
    }

    /// Where a downloaded Postgres is unpacked.
    pub(crate) fn downloaded(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The socket's directory: beside the data, or under `/tmp` when that name is too long.
    pub(crate) fn socket_dir(&self) -> PathBuf {
        let beside = self.root.join("run");
        if beside.as_os_str().len() <= LONGEST_SOCKET_DIR {
            return beside;
        }
        let mut hasher = DefaultHasher::new();
        self.root.hash(&mut hasher);
        PathBuf::from(format!("/tmp/bitewing-{:016x}", hasher.finish()))
    }
}

/// Returns the directory for a kind of state when no setting names one.
///
/// `BITEWING_STATE_DIR` wins; root uses `/var/lib/bitewing`, which the user Postgres drops to can
/// reach; everybody else their own state directory.
pub fn default_state_dir(name: &str) -> anyhow::Result<PathBuf> {
    let base = if let Some(dir) = directory("BITEWING_STATE_DIR") {
        dir
    } else if geteuid().is_root() {
        PathBuf::from("/var/lib/bitewing")
    } else if let Some(dir) = directory("XDG_STATE_HOME") {
        dir.join("bitewing")
    } else {
        directory("HOME")
            .context("HOME is not set")?
            .join(".local/state/bitewing")
    };
    Ok(base.join(name))
}

fn directory(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_directory_gets_a_short_socket() {
        let long = Layout {
            root: PathBuf::from("/d").join("x".repeat(120)),
        };
        let other = Layout {
            root: PathBuf::from("/d").join("y".repeat(120)),
        };
        assert!(long.socket_dir().as_os_str().len() <= LONGEST_SOCKET_DIR);
        assert_ne!(long.socket_dir(), other.socket_dir());
    }

    #[test]
    fn a_short_directory_keeps_its_socket_beside_the_data() {
        let short = Layout {
            root: PathBuf::from("/var/lib/bitewing/demo"),
        };
        assert_eq!(short.socket_dir(), Path::new("/var/lib/bitewing/demo/run"));
    }
}
