//! `cargo xtask ci`: everything, cheapest first.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use bitewing_postgres::{Cluster, ClusterOptions, default_state_dir};
use sqlx::postgres::PgConnectOptions;

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;
use crate::{guard_eval, guard_train, proto, query_data, test};

/// Runs the steps on a server of their own, which ends with them.
pub(crate) async fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let data_dir = default_state_dir("ci")?;
    let cluster = Cluster::start(&ClusterOptions {
        data_dir,
        durable: false,
    })
    .await?;
    let mut report = Report::default();
    let outcome = steps(workspace, &cluster.admin(), &mut report).await;
    cluster.stop().await?;
    report.print();
    outcome
}

async fn steps(
    workspace: &Workspace,
    server: &PgConnectOptions,
    report: &mut Report,
) -> anyhow::Result<()> {
    report.step("fmt", async || fmt(workspace)).await?;
    report.step("proto", async || proto::run(workspace)).await?;
    report.step("clippy", async || clippy(workspace)).await?;
    let check = query_data::Options::check_all();
    report
        .step("sqlx", async || {
            query_data::refresh(workspace, server, &check).await
        })
        .await?;
    let all = test::Options::default();
    report
        .step("test", async || test::run_on(workspace, server, &all))
        .await?;
    report.step("guard", async || guard(workspace)).await?;
    report.step("demo", async || demo(workspace)).await
}

/// The committed model is what the corpus gives, and what the corpus gives is over the floors.
fn guard(workspace: &Workspace) -> anyhow::Result<()> {
    guard_train::run(workspace, &guard_train::Options::check())?;
    guard_eval::run(workspace, &guard_eval::Options::default())
}

fn fmt(workspace: &Workspace) -> anyhow::Result<()> {
    run_process(cargo(workspace).args(["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> anyhow::Result<()> {
    run_process(
        cargo(workspace)
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--quiet",
            ])
            .args(["--", "-D", "warnings"])
            .env("SQLX_OFFLINE", "true"),
    )
}

/// Starts everything on an empty machine's terms and lets it look at itself.
///
/// `cargo run` would choose the features of one package and compile half the tree again; the
/// targets of the whole workspace are there already, from the tests.
fn demo(workspace: &Workspace) -> anyhow::Result<()> {
    run_process(
        cargo(workspace)
            .args([
                "build",
                "--workspace",
                "--all-targets",
                "--locked",
                "--quiet",
            ])
            .env("SQLX_OFFLINE", "true"),
    )?;
    let program = workspace.target("debug").join("bitewing");
    let data_dir = default_state_dir("ci-demo")?;
    if data_dir.exists() {
        std::fs::remove_dir_all(&data_dir).context("removing the demonstration before")?;
    }
    run_process(
        Command::new(program)
            .args(["demo", "--check", "--data-dir"])
            .arg(data_dir)
            .current_dir(workspace.root()),
    )
}

/// What was run, how it went and how long it took.
#[derive(Default)]
struct Report {
    steps: Vec<(&'static str, Duration, bool)>,
}

impl Report {
    async fn step(
        &mut self,
        name: &'static str,
        work: impl AsyncFnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        println!("==> {name}");
        let begun = Instant::now();
        let outcome = work().await;
        self.steps.push((name, begun.elapsed(), outcome.is_ok()));
        outcome.with_context(|| format!("step {name}"))
    }

    /// Ends in the line a test runner ends in.
    fn print(&self) {
        println!();
        for (name, took, passed) in &self.steps {
            let verdict = if *passed { "ok" } else { "FAILED" };
            println!("{name:8} {verdict:6} {:4} s", took.as_secs());
        }
        println!("{}", self.summary());
    }

    fn summary(&self) -> String {
        let passed = self.steps.iter().filter(|(_, _, passed)| *passed).count();
        format!("{passed} passed, {} failed", self.steps.len() - passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_steps_and_says_which_failed() {
        let mut report = Report::default();
        report.step("fine", async || Ok(())).await.unwrap();
        let error = report
            .step("broken", async || anyhow::bail!("no"))
            .await
            .unwrap_err();
        assert_eq!(format!("{error:#}"), "step broken: no");
        assert_eq!(report.summary(), "1 passed, 1 failed");
    }
}
