//! The command line: what runs an installation, and what a clinic does with one.

use crate::installation::{self, Installation};
use crate::{client, demo, suite};
use bitewing_auth::Service;
use bitewing_runtime::{Environment, Profile};
use clap::Parser as _;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

/// Patient communication for dental chains.
#[derive(clap::Parser)]
#[command(name = "bitewing", version, after_help = client::EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What the program can do.
#[derive(clap::Subcommand)]
enum Command {
    #[command(flatten)]
    Installation(Operation),
    #[command(flatten)]
    Client(client::Command),
}

/// What is done with an installation.
#[derive(Debug, clap::Subcommand)]
enum Operation {
    /// Starts everything with a demonstration chain and performs the main job with a real document.
    Demo {
        /// Also does the patient's part, then exits: 0 if all of it worked, 1 if not.
        #[arg(long)]
        check: bool,
        /// Where Postgres, documents and secrets are kept; a demonstration of its own by default.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
    /// Runs services: all five, or those named.
    Serve {
        /// As `gateway conversation`.
        services: Vec<Service>,
        /// Development profile: where Postgres, documents and secrets are kept.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
    /// Applies the migrations of every service, or of those named, and exits.
    Migrate {
        /// As `gateway conversation`.
        services: Vec<Service>,
        /// Development profile: where Postgres is.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
}

/// The one statement of the program's `main`.
pub fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Client(command) => client::main(command),
        Command::Installation(operation) => {
            bitewing_runtime::run("bitewing", async |env, stop| operation.run(env, stop).await)
        }
    }
}

fn chosen(services: Vec<Service>) -> Vec<Service> {
    if services.is_empty() {
        Service::ALL.to_vec()
    } else {
        services
    }
}

impl Operation {
    async fn run(self, env: Environment, stop: CancellationToken) -> anyhow::Result<()> {
        match self {
            Self::Demo { check, data_dir } => demo::run(env, data_dir, check, stop).await,
            Self::Serve { services, data_dir } => {
                let services = chosen(services);
                let (env, installation) = prepare(env, data_dir).await?;
                if installation.is_some() {
                    suite::migrate(&env, &services).await?;
                }
                let served = suite::Suite::bind(env, &services).await?.run(stop).await;
                if let Some(installation) = installation {
                    installation.stop().await?;
                }
                served
            }
            Self::Migrate { services, data_dir } => {
                let (env, installation) = prepare(env, data_dir).await?;
                suite::migrate(&env, &chosen(services)).await?;
                if let Some(installation) = installation {
                    installation.stop().await?;
                }
                Ok(())
            }
        }
    }
}

/// In the development profile, an installation of this machine's own.
async fn prepare(
    mut env: Environment,
    data_dir: Option<PathBuf>,
) -> anyhow::Result<(Environment, Option<Installation>)> {
    if env.parse("BITEWING_PROFILE", Profile::default())? == Profile::Production {
        return Ok((env, None));
    }
    let data_dir = match data_dir {
        Some(data_dir) => data_dir,
        None => installation::default_dir("serve")?,
    };
    let installation = Installation::start(&mut env, &data_dir).await?;
    Ok((env, Some(installation)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
