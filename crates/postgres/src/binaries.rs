//! Finding the programs of Postgres.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::install;
use crate::layout::Layout;

/// A directory that holds `initdb` and `postgres` of one version.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds programs able to serve the cluster, and gets some when the machine has none.
    pub(crate) fn find_or_get(layout: &Layout) -> anyhow::Result<Binaries> {
        if let Some(dir) = env::var_os("BITEWING_PG_BINDIR").map(PathBuf::from) {
            let found = Binaries::at(&dir)
                .with_context(|| format!("BITEWING_PG_BINDIR: no Postgres in {}", dir.display()))?;
            return found.able_to_serve(made_by(layout)?);
        }
        for attempt in install::ATTEMPTS {
            if let Some(found) = choose(layout)? {
                return Ok(found);
            }
            if let Err(error) = attempt(layout) {
                tracing::warn!(error = %format!("{error:#}"), "that did not work");
            }
        }
        choose(layout)?.context(
            "no Postgres on this machine and none could be installed: \
             install Postgres 15 or newer, or set BITEWING_PG_BINDIR to its programs",
        )
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub(crate) fn major(&self) -> u32 {
        self.major
    }

    fn at(dir: &Path) -> Option<Binaries> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(dir.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let major = major_of(&String::from_utf8_lossy(&output.stdout))?;
        Some(Binaries {
            dir: dir.to_owned(),
            major,
        })
    }

    fn able_to_serve(self, made_by: Option<u32>) -> anyhow::Result<Binaries> {
        match made_by {
            Some(major) if major != self.major => bail!(
                "the data directory was made by Postgres {major} and only {} is here: \
                 install {major}, or move the directory away",
                self.major
            ),
            _ => Ok(self),
        }
    }
}

/// Chooses among the places in order; an existing cluster needs the version that made it.
fn choose(layout: &Layout) -> anyhow::Result<Option<Binaries>> {
    let made_by = made_by(layout)?;
    let found: Vec<Binaries> = places(layout)
        .iter()
        .filter_map(|dir| Binaries::at(dir))
        .collect();
    let able = found
        .iter()
        .find(|b| made_by.is_none_or(|major| major == b.major));
    match (able, found.first()) {
        (Some(able), _) => Ok(Some(able.clone())),
        (None, Some(first)) => first.clone().able_to_serve(made_by).map(Some),
        (None, None) => Ok(None),
    }
}

/// The version that made an existing data directory.
fn made_by(layout: &Layout) -> anyhow::Result<Option<u32>> {
    let file = layout.data().join("PG_VERSION");
    if !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file)?;
    Ok(Some(text.trim().parse().with_context(|| {
        format!("{} is damaged", file.display())
    })?))
}

fn places(layout: &Layout) -> Vec<PathBuf> {
    let mut places = newest_first("/usr/lib/postgresql", "", "bin");
    places.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    for cellar in ["/opt/homebrew/opt", "/usr/local/opt"] {
        places.extend(newest_first(cellar, "postgresql@", "bin"));
    }
    places.push(layout.downloaded().join(install::BIN_IN_WHEEL));
    places
}

/// Lists `root/<prefix><number>/leaf` with the highest number first.
fn newest_first(root: &str, prefix: &str, leaf: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry
                .file_name()
                .to_str()?
                .strip_prefix(prefix)?
                .parse()
                .ok()?;
            Some((version, entry.path().join(leaf)))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, dir)| dir).collect()
}

/// Reads `15` out of `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` and `18` out of `18beta1`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_once("PostgreSQL) ")?.1;
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version_of_releases_and_betas() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_of("psql: not found"), None);
    }

    #[test]
    fn a_cluster_of_another_version_is_refused() {
        let fifteen = Binaries {
            dir: PathBuf::from("/x"),
            major: 15,
        };
        assert!(fifteen.clone().able_to_serve(None).is_ok());
        assert!(fifteen.clone().able_to_serve(Some(15)).is_ok());
        let refused = fifteen.able_to_serve(Some(14)).unwrap_err().to_string();
        assert!(refused.contains("Postgres 14"), "{refused}");
    }
}
