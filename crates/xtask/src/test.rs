//! `cargo xtask test`: all tests, with what they need.

use bitewing_postgres::throwaway_server;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;
use crate::{browser, python};

/// Which tests.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Packages; the whole workspace when none is named.
    #[arg(short, long)]
    package: Vec<String>,
    /// Handed to the test programs: names of tests, `--nocapture` and the like.
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub(crate) async fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let server = throwaway_server().await?;
    run_on(workspace, &server, options)
}

/// Runs the tests against a server; queries come from their offline data.
pub(crate) fn run_on(
    workspace: &Workspace,
    server: &PgConnectOptions,
    options: &Options,
) -> anyhow::Result<()> {
    let python = python::prepare(workspace)?;
    browser::prepare(workspace)?;
    let mut test = cargo(workspace);
    test.args(["test", "--locked"]);
    if options.package.is_empty() {
        test.arg("--workspace");
    }
    for package in &options.package {
        test.args(["--package", package]);
    }
    test.arg("--").args(&options.arguments);
    test.env("SQLX_OFFLINE", "true")
        .env("BITEWING_TEST_POSTGRES", server.to_url_lossy().as_str())
        .env("BITEWING_PYTHON", python);
    run_process(&mut test)
}
