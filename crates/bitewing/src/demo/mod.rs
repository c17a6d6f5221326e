//! `bitewing demo`: a chain with two clinics, staff, an API client and patients, and the main job
//! performed with a real document through the gateway's one port.

mod agreement;
mod chain;
mod client;
mod clinic;
mod patient;
mod report;

use crate::installation::{self, Installation};
use crate::suite::{self, Suite};
use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_runtime::Environment;
use report::Report;
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Runs the demonstration; with `check` it does the patient's part too and ends.
pub async fn run(
    mut env: Environment,
    data_dir: Option<PathBuf>,
    check: bool,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let data_dir = match data_dir {
        Some(data_dir) => data_dir,
        None => installation::default_dir("demo")?,
    };
    println!(
        "\n  Bitewing, a demonstration. Everything stays on this machine, in {}\n",
        data_dir.display()
    );
    let mut report = Report::new();
    let installation = Installation::start(&mut env, &data_dir).await?;
    report.step("Postgres runs, with a database and three roles for each service");
    suite::migrate(&env, &Service::ALL).await?;
    report.step("migrations applied");
    let mut suite = Suite::bind(env.clone(), &Service::ALL).await;
    if suite.is_err() {
        // The usual ports are taken, by another demonstration perhaps: any will do.
        suite = Suite::bind(any_port(env), &Service::ALL).await;
    }
    let suite = suite?;
    let base = format!("http://{}", suite.public().context("the gateway listens")?);
    let env = suite.env().clone();
    let services = tokio::spawn(suite.run(stop.clone()));

    let performed = tokio::select! {
        performed = perform(&env, &base, &data_dir, check, &mut report) => performed,
        () = stop.cancelled() => Err(anyhow::anyhow!("stopped")),
    };
    if check || performed.is_err() {
        report.close(performed.as_ref().err());
    } else {
        println!("\n  It stays up. Ctrl-C stops it.\n");
        stop.cancelled().await;
    }
    stop.cancel();
    let served = services.await?;
    installation.stop().await?;
    performed.and(served)
}

fn any_port(env: Environment) -> Environment {
    Service::ALL
        .into_iter()
        .map(|service| format!("{}_LISTEN", bitewing_runtime::config::prefix(service)))
        .chain(["GATEWAY_PUBLIC_LISTEN".to_owned()])
        .fold(env, |env, variable| env.with(&variable, "127.0.0.1:0"))
}

async fn perform(
    env: &Environment,
    base: &str,
    data_dir: &std::path::Path,
    check: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    wait_until_up(base).await?;
    report.step("five services serve");
    let chain = chain::found(env, base, data_dir, report).await?;
    let link = clinic::send_agreement(&chain, report).await?;
    report.look(
        "the patient's phone and mailbox",
        &format!("{base}/sandbox"),
    );
    report.look("the link in the e-mail", &link.url);
    report.look("the API, to read", &format!("{base}/docs"));
    if check {
        patient::unlock(&chain, &link, report).await?;
        clinic::see_states(&chain, &link, report).await?;
        clinic::revoke(&chain, report).await?;
    }
    Ok(())
}

async fn wait_until_up(base: &str) -> anyhow::Result<()> {
    let client = client::Client::new(base);
    for _ in 0..200 {
        let metadata = client.get("/.well-known/oauth-authorization-server").await;
        if metadata.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("the gateway does not answer")
}

/// Asks again until there is an answer, up to 30 seconds.
async fn eventually<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    for _ in 0..300 {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("{what} did not happen within 30 s")
}
