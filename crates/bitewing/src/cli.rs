//! The commands.

use crate::installation::{self, Installation};
use crate::{demo, suite};
use bitewing_auth::Service;
use bitewing_runtime::{Environment, Profile};
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// What the program can do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
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

fn chosen(services: Vec<Service>) -> Vec<Service> {
    if services.is_empty() {
        Service::ALL.to_vec()
    } else {
        services
    }
}

impl Command {
    /// Does it.
    pub async fn run(self, env: Environment, stop: CancellationToken) -> anyhow::Result<()> {
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
