//! Runs the service alone.

use bitewing_gateway::{Config, start};

fn main() -> std::process::ExitCode {
    bitewing_runtime::run("bitewing-gateway", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
