//! Settings.

use bitewing_auth::Service;
use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// `PATIENT_PROFILE_PUBLIC_URL`: where patients reach the preference centre.
    pub public_url: PublicUrl,
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            service: ServiceConfig::from_env(Service::PatientProfile, env)?,
            public_url: match env.text("PATIENT_PROFILE_PUBLIC_URL")? {
                Some(url) => PublicUrl::parse(&url)
                    .map_err(|error| ConfigError::new("PATIENT_PROFILE_PUBLIC_URL", error))?,
                None => PublicUrl::default(),
            },
        })
    }
}
