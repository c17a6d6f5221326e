//! Runs the service alone.

use bitewing_conversation::{Config, start};

fn main() -> anyhow::Result<()> {
    bitewing_runtime::run("bitewing-conversation", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
