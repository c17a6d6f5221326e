//! Runs the service alone.

use bitewing_template::{Config, start};

fn main() -> std::process::ExitCode {
    bitewing_runtime::run("bitewing-template", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
