//! P9: resident memory of the five services in one process; Postgres is another.

use crate::clinic::Program;
use crate::machine::{forget_peak, memory};
use crate::report::{Better, Line};
use crate::size::Size;
use crate::suite::Suite;
use crate::{download, upload};
use bitewing_auth::Service;
use futures_util::StreamExt as _;
use std::time::Duration;

/// How long nothing is asked before what is resident counts as idle.
const QUIET: Duration = Duration::from_secs(5);

/// Measures idle, during one large transfer each way, and after the other benchmarks.
pub async fn run(size: Size) -> anyhow::Result<Vec<Line>> {
    let suite = Suite::start("memory", &Service::ALL, &[]).await?;
    let lines = measure(&suite, size).await;
    suite.stop().await?;
    lines
}

async fn measure(suite: &Suite, size: Size) -> anyhow::Result<Vec<Line>> {
    tokio::time::sleep(QUIET).await;
    let idle = suite.memory()?;
    let program = Program::found(suite, "memory").await?;
    let bytes = size.of(500 << 20, 32 << 20);
    forget_peak(suite.pid())?;
    let (document, _) = program.upload(suite, bytes, false).await?;
    program.wait_until_ready(&document).await?;
    let response = program
        .request(reqwest::Method::GET, &format!("/v1/downloads/{document}"))
        .send()
        .await?
        .error_for_status()?;
    let mut pieces = response.bytes_stream();
    let mut received = 0;
    while let Some(piece) = pieces.next().await {
        received += piece?.len();
    }
    anyhow::ensure!(received == bytes, "{received} of {bytes} bytes came");
    let peak = memory(suite.pid(), "VmHWM")?;
    download::measure(suite, size).await?;
    upload::measure(suite, size).await?;
    tokio::time::sleep(QUIET).await;
    let after = suite.memory()?;
    let line = |case, figure: f64, limit| Line {
        name: "memory",
        case,
        unit: "MiB",
        figure,
        limit,
        better: Better::Less,
        goal: 1.0,
    };
    Ok(vec![
        line("idle", idle, 60.0),
        line("grown-by-one-large-transfer", (peak - idle).max(0.1), 64.0),
        line("after-the-others", after, 150.0),
    ])
}
