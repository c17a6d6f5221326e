//! Runs the service alone.

use bitewing_secure_document::{Config, start};

fn main() -> std::process::ExitCode {
    bitewing_runtime::run("bitewing-secure-document", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
