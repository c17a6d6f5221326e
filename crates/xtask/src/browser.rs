//! The browser that sees the patient's page: what it needs, and the pictures it makes.

use std::process::Command;

use bitewing_postgres::throwaway_server;
use sqlx::ConnectOptions;

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

/// Where the pictures of the documents are.
const IMAGES: &str = "docs/images";

/// Gets Chromium, Node and their packages; as root they are installed, otherwise what is missing is said.
pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<()> {
    run_process(
        Command::new("bash")
            .arg(workspace.root().join("tests/browser/prepare.sh"))
            .arg(workspace.target("browser")),
    )
}

/// Makes the pictures of the patient's page anew.
pub(crate) async fn screenshots(workspace: &Workspace) -> anyhow::Result<()> {
    prepare(workspace)?;
    let server = throwaway_server().await?;
    run_process(
        cargo(workspace)
            .args(["test", "--locked", "--package", "bitewing-tests"])
            .args(["--", "browser::screenshots"])
            .env("SQLX_OFFLINE", "true")
            .env("BITEWING_TEST_POSTGRES", server.to_url_lossy().as_str())
            .env("BITEWING_SCREENSHOTS", IMAGES),
    )
}
