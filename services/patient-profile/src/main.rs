//! Runs the service alone.

use bitewing_patient_profile::{Config, start};

fn main() -> std::process::ExitCode {
    bitewing_runtime::run("bitewing-patient-profile", async |env, stop| {
        start(Config::from_env(&env)?, stop).await
    })
}
