//! `cargo xtask fuzz`: looks for texts that break the language wordings are written in, for as long as one likes.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::workspace::Workspace;

/// The targets below `fuzz/fuzz_targets`.
const TARGETS: [&str; 2] = ["template_parse", "template_render"];

/// Runs each target for some seconds; what breaks stays in `fuzz/artifacts`.
pub(crate) fn run(workspace: &Workspace, seconds: u32) -> anyhow::Result<()> {
    let there = |program: &str, arguments: &[&str]| {
        let asked = Command::new(program).args(arguments).output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    ensure!(
        there("rustup", &["run", "nightly", "rustc", "--version"]),
        "fuzzing needs a nightly compiler, whose sanitizers say where a text leads: rustup toolchain install nightly"
    );
    ensure!(
        there("cargo", &["fuzz", "--version"]),
        "fuzzing needs cargo-fuzz: cargo install cargo-fuzz --locked"
    );
    for target in TARGETS {
        println!("{target}: {seconds} s");
        let status = Command::new("rustup")
            .args(["run", "nightly", "cargo", "fuzz", "run", target, "--"])
            .arg(format!("-max_total_time={seconds}"))
            .arg("-max_len=16384")
            .current_dir(workspace.root())
            .status()
            .context("cargo fuzz cannot be started")?;
        ensure!(
            status.success(),
            "{target} found a text that breaks it: it is in fuzz/artifacts/{target}; once mended, keep it in fuzz/corpus/{target}"
        );
    }
    Ok(())
}
