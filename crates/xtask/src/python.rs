//! The Python the foreign clients of the tests run in.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::run;
use crate::workspace::Workspace;

/// What a client of ours written in Python needs, pinned, a package per line.
const PACKAGES: &str = include_str!("../../../tests/python/requirements.txt");

/// Returns a Python that has the packages; makes it when missing or when the pins changed.
pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let dir = workspace.target("venv");
    let python = dir.join("bin/python");
    let pins = dir.join("pins");
    let wanted = PACKAGES.trim();
    if fs::read_to_string(&pins).is_ok_and(|made| made == wanted) && python.exists() {
        return Ok(python);
    }
    println!("preparing Python in {}", dir.display());
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&dir))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--only-binary=:all:"])
        .args(PACKAGES.lines()))?;
    fs::write(&pins, wanted)?;
    Ok(python)
}
