//! `cargo xtask templates-speed`: how fast a wording is said, and that it is fast enough.

use std::process::Command;

use anyhow::ensure;

use crate::workspace::Workspace;

/// Runs the measurement of the template service; it fails under its floors.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let status = Command::new("cargo")
        .args([
            "bench",
            "--quiet",
            "--package",
            "bitewing-template",
            "--bench",
            "render",
        ])
        .current_dir(workspace.root())
        .status()?;
    ensure!(status.success(), "a wording is said too slowly");
    Ok(())
}
