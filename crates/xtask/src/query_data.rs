//! `cargo xtask sqlx`: the offline data that lets everybody build without a database.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use bitewing_postgres::throwaway_server;
use sqlx::postgres::PgConnectOptions;

use crate::process::{cargo, run as run_process};
use crate::workspace::{DatabaseCrate, Workspace};
use crate::{database, workspace};

/// Which crates, and whether to write or to compare.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folders of crates (`store`, `patient-profile`); all of them when none is named.
    crates: Vec<String>,
    /// Compares with what is committed instead of writing; differences are an error.
    #[arg(long)]
    check: bool,
}

impl Options {
    /// Compares every crate.
    pub(crate) fn check_all() -> Options {
        Options {
            crates: Vec::new(),
            check: true,
        }
    }
}

/// The files of one `.sqlx` folder by name.
type QueryData = BTreeMap<String, Vec<u8>>;

pub(crate) async fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let server = throwaway_server().await?;
    refresh(workspace, &server, options).await
}

/// Every crate is compared before the verdict, so that one run shows all there is to do.
pub(crate) async fn refresh(
    workspace: &Workspace,
    server: &PgConnectOptions,
    options: &Options,
) -> anyhow::Result<()> {
    database::forget_old(server).await?;
    let crates = workspace.database_crates()?;
    let mut differences = Vec::new();
    for krate in chosen(&crates, &options.crates)? {
        let url = database::migrated(server, &crates, krate).await?;
        let new = describe(workspace, &crates, krate, &url)?;
        let old = read(&krate.query_data())?;
        if options.check {
            differences.extend(compare(&krate.name, &old, &new));
        } else {
            write(&krate.query_data(), &old, &new)?;
            println!("{}: {} queries", krate.name, new.len());
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    bail!(
        "run `cargo xtask sqlx` and commit the result:\n{}",
        differences.join("\n")
    )
}

fn chosen<'a>(
    crates: &'a [DatabaseCrate],
    names: &[String],
) -> anyhow::Result<Vec<&'a DatabaseCrate>> {
    if names.is_empty() {
        return Ok(crates.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            let known = crates.iter().find(|krate| krate.name == *name);
            known.with_context(|| format!("no crate {name} with a sqlx.toml"))
        })
        .collect()
}

/// Compiles the crate against its database and collects what the macros found out.
fn describe(
    workspace: &Workspace,
    crates: &[DatabaseCrate],
    krate: &DatabaseCrate,
    url: &str,
) -> anyhow::Result<QueryData> {
    let dir = workspace.target("xtask/sqlx").join(&krate.name);
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    touch(&krate.dir)?;
    let mut check = cargo(workspace);
    check.args([
        "check",
        "--quiet",
        "--all-targets",
        "--package",
        &krate.package,
    ]);
    // Only this crate's queries may go to a database and so into the folder: the crates it is
    // built on read their committed data.
    for other in crates {
        check.env_remove(&other.variable);
    }
    check
        .env_remove("DATABASE_URL")
        .env("SQLX_OFFLINE", "false");
    check
        .env("SQLX_OFFLINE_DIR", &dir)
        .env(&krate.variable, url);
    run_process(&mut check).with_context(|| format!("{} does not compile", krate.name))?;
    read(&dir)
}

/// Makes cargo compile every target of the crate again: it cannot know that a database changed.
#[expect(
    clippy::disallowed_methods,
    reason = "a file's time of change is compared with real time"
)]
fn touch(dir: &Path) -> anyhow::Result<()> {
    let roots = workspace::target_roots(dir)?;
    ensure!(!roots.is_empty(), "{} has no targets", dir.display());
    for root in roots {
        let file = File::options().append(true).open(&root)?;
        file.set_modified(std::time::SystemTime::now())?;
    }
    Ok(())
}

fn read(dir: &Path) -> anyhow::Result<QueryData> {
    let mut data = QueryData::new();
    if dir.exists() {
        for entry in fs::read_dir(dir)? {
            let path: PathBuf = entry?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                data.insert(name.to_owned(), fs::read(&path)?);
            }
        }
    }
    Ok(data)
}

/// Brings the folder to the new state, leaving alone what is right already.
fn write(dir: &Path, old: &QueryData, new: &QueryData) -> anyhow::Result<()> {
    for stale in old.keys().filter(|name| !new.contains_key(*name)) {
        fs::remove_file(dir.join(stale))?;
    }
    if !new.is_empty() {
        fs::create_dir_all(dir)?;
    }
    for (name, bytes) in new
        .iter()
        .filter(|(name, bytes)| old.get(*name) != Some(bytes))
    {
        fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}

fn compare(name: &str, old: &QueryData, new: &QueryData) -> Vec<String> {
    let added = new
        .keys()
        .filter(|file| !old.contains_key(*file))
        .map(|file| ("missing", file));
    let stale = old
        .keys()
        .filter(|file| !new.contains_key(*file))
        .map(|file| ("stale", file));
    let changed = new
        .iter()
        .filter(|(file, bytes)| old.get(*file).is_some_and(|before| before != *bytes))
        .map(|(file, _)| ("outdated", file));
    added
        .chain(stale)
        .chain(changed)
        .map(|(what, file)| format!("  {name}: {what} {file}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(files: &[(&str, &str)]) -> QueryData {
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn names_every_kind_of_difference() {
        let old = data(&[("same", "1"), ("gone", "2"), ("other", "3")]);
        let new = data(&[("same", "1"), ("added", "2"), ("other", "4")]);
        let expected = [
            "  store: missing added",
            "  store: stale gone",
            "  store: outdated other",
        ];
        assert_eq!(compare("store", &old, &new), expected);
        assert!(compare("store", &new, &new).is_empty());
    }

    #[test]
    fn writing_leaves_exactly_the_new_files() {
        let dir = std::env::temp_dir().join(format!("bitewing-xtask-{}", std::process::id()));
        let old = data(&[("stale", "1"), ("other", "2")]);
        let new = data(&[("other", "3"), ("added", "4")]);
        write(&dir, &QueryData::new(), &old).unwrap();
        write(&dir, &old, &new).unwrap();
        assert_eq!(read(&dir).unwrap(), new);
        fs::remove_dir_all(&dir).unwrap();
    }
}
