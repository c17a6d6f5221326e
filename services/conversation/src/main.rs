//! Runs the service alone.

use bitewing_conversation::{Config, start};

fn main() -> std::process::ExitCode {
    bitewing_runtime::run("bitewing-conversation", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
