//! Dictionaries for the message guard, installed as data.
//!
//! They are not part of this repository and are never linked in: several are under the GPL, the LGPL or
//! the MPL. Each is put beside its licence.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::process;
use crate::workspace::Workspace;

/// A package of the npm registry, and what it says of itself.
struct Package {
    tag: &'static str,
    name: &'static str,
    licence: &'static str,
}

const PACKAGES: [Package; 7] = [
    Package {
        tag: "en",
        name: "dictionary-en@4.0.0",
        licence: "MIT AND BSD",
    },
    Package {
        tag: "en-GB",
        name: "dictionary-en-gb@3.0.0",
        licence: "MIT AND BSD",
    },
    Package {
        tag: "fr",
        name: "dictionary-fr@3.0.0",
        licence: "MPL-2.0",
    },
    Package {
        tag: "it",
        name: "dictionary-it@2.0.0",
        licence: "GPL-3.0",
    },
    Package {
        tag: "pt-BR",
        name: "dictionary-pt@4.0.0",
        licence: "LGPL-3.0 OR MPL-2.0",
    },
    Package {
        tag: "es",
        name: "dictionary-es@4.0.0",
        licence: "GPL-3.0 OR LGPL-3.0 OR MPL-1.1",
    },
    Package {
        tag: "ru",
        name: "dictionary-ru@3.0.0",
        licence: "BSD-3-Clause",
    },
];

/// Installs every dictionary that is not there; the one of Portugal only where apt is.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = workspace.target("dictionaries");
    fs::create_dir_all(&folder)?;
    for package in &PACKAGES {
        if is_there(&folder, package.tag) {
            println!("{}: already there", package.tag);
            continue;
        }
        install(&folder, package).with_context(|| format!("cannot install {}", package.name))?;
        println!("{}: {} ({})", package.tag, package.name, package.licence);
    }
    if is_there(&folder, "pt-PT") {
        println!("pt-PT: already there");
    } else if let Err(error) = portugal(&folder) {
        println!("pt-PT: not installed, Portugal is checked with pt-BR ({error:#})");
    } else {
        println!("pt-PT: hunspell-pt-pt of Debian (see pt-PT.licence)");
    }
    println!("in {}", folder.display());
    Ok(())
}

fn is_there(folder: &Path, tag: &str) -> bool {
    ["aff", "dic"]
        .iter()
        .all(|ending| folder.join(format!("{tag}.{ending}")).exists())
}

fn install(folder: &Path, package: &Package) -> anyhow::Result<()> {
    let scratch = scratch(folder, package.tag)?;
    process::run(
        Command::new("npm")
            .args(["pack", "--silent", package.name])
            .stdout(std::process::Stdio::null())
            .current_dir(&scratch),
    )?;
    let archive = only(&scratch, "tgz")?;
    process::run(
        Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .current_dir(&scratch),
    )?;
    let inner = scratch.join("package");
    for (from, to) in [
        ("license", "licence"),
        ("index.dic", "dic"),
        ("index.aff", "aff"),
    ] {
        fs::copy(
            inner.join(from),
            folder.join(format!("{}.{to}", package.tag)),
        )?;
    }
    Ok(fs::remove_dir_all(scratch)?)
}

fn portugal(folder: &Path) -> anyhow::Result<()> {
    let scratch = scratch(folder, "pt-PT")?;
    process::run(
        Command::new("apt-get")
            .args(["-qq", "download", "hunspell-pt-pt"])
            .stderr(std::process::Stdio::null())
            .current_dir(&scratch),
    )?;
    let archive = only(&scratch, "deb")?;
    process::run(
        Command::new("dpkg-deb")
            .arg("-x")
            .arg(&archive)
            .arg("x")
            .current_dir(&scratch),
    )?;
    let inner = scratch.join("x/usr/share");
    for (from, to) in [
        ("doc/hunspell-pt-pt/copyright", "licence"),
        ("hunspell/pt_PT.dic", "dic"),
        ("hunspell/pt_PT.aff", "aff"),
    ] {
        fs::copy(inner.join(from), folder.join(format!("pt-PT.{to}")))?;
    }
    Ok(fs::remove_dir_all(scratch)?)
}

fn scratch(folder: &Path, tag: &str) -> anyhow::Result<std::path::PathBuf> {
    let scratch = folder.join(format!(".{tag}"));
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    Ok(scratch)
}

/// The one file with an ending.
fn only(folder: &Path, ending: &str) -> anyhow::Result<std::path::PathBuf> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == ending) {
            return Ok(path);
        }
    }
    bail!("no .{ending} came");
}
