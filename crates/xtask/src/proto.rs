//! `cargo xtask proto`: the contracts' lint and format.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run as run_process;
use crate::workspace::Workspace;

const BUF: &str = "1.75.0";

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let buf = prepare(workspace)?;
    let proto = workspace.root().join("proto");
    run_process(Command::new(&buf).arg("lint").current_dir(&proto))?;
    run_process(
        Command::new(&buf)
            .args(["format", "-d", "--exit-code"])
            .current_dir(&proto),
    )
}

/// Returns buf; installs it when missing or of another version.
fn prepare(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let dir = workspace.target("npm");
    let modules = dir.join("node_modules");
    if !is_installed(&modules.join("@bufbuild/buf/package.json")) {
        println!("installing buf {BUF} in {}", dir.display());
        fs::create_dir_all(&dir)?;
        run_process(
            Command::new("npm")
                .args(["install", "--silent", "--no-save", "--no-package-lock"])
                .args(["--no-audit", "--no-fund", "--ignore-scripts"])
                .arg("--prefix")
                .arg(&dir)
                .arg(format!("@bufbuild/buf@{BUF}")),
        )?;
    }
    Ok(modules.join(".bin/buf"))
}

fn is_installed(manifest: &Path) -> bool {
    fs::read_to_string(manifest).is_ok_and(|text| text.contains(&format!("\"{BUF}\"")))
}
