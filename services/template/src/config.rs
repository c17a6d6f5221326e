//! Settings.

use bitewing_auth::Service;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            service: ServiceConfig::from_env(Service::Template, env)?,
        })
    }
}
