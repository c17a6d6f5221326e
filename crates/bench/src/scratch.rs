//! A directory that ends with its holder.

use anyhow::Context as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Lies beside the suites' own directories: the same disk.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one, empty.
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let path = bitewing::installation::default_dir(&format!("bench-{name}-plain"))?;
        if path.exists() {
            std::fs::remove_dir_all(&path).context("removing what the last run left")?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file of so many bytes.
    pub fn fill(&self, name: &str, bytes: usize) -> anyhow::Result<PathBuf> {
        let path = self.0.join(name);
        let mut file = std::fs::File::create(&path)?;
        let piece = vec![b'b'; 1 << 20];
        let mut left = bytes;
        while left > 0 {
            let now = left.min(piece.len());
            file.write_all(&piece[..now])?;
            left -= now;
        }
        file.sync_all()?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next run.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
