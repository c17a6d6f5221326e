//! Runs the service alone.

use bitewing_gateway::{Config, start};

fn main() -> anyhow::Result<()> {
    bitewing_runtime::run("bitewing-gateway", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
