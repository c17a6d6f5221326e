//! The one statement of a `main`.

use crate::{Environment, telemetry};
use std::future::Future;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Runs a program: settings from the process, telemetry, a stop on SIGTERM or SIGINT. What it fails with
/// is one line on standard error.
pub fn run<F>(
    name: &'static str,
    program: impl FnOnce(Environment, CancellationToken) -> F,
) -> ExitCode
where
    F: Future<Output = anyhow::Result<()>>,
{
    match run_to_end(name, program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_to_end<F>(
    name: &'static str,
    program: impl FnOnce(Environment, CancellationToken) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let env = Environment::of_process();
    // Fails only where a provider is installed already, which is then the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let telemetry = telemetry::start(name, &env)?;
            let stop = CancellationToken::new();
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let stopping = stop.clone();
            tokio::spawn(async move {
                tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
                stopping.cancel();
            });
            let outcome = program(env, stop).await;
            telemetry.finish().await;
            outcome
        })
}
