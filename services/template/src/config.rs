//! Settings.

use bitewing_auth::Service;
use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};
use std::path::PathBuf;

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// `TEMPLATE_PUBLIC_URL`: where staff reach the library page.
    pub public_url: PublicUrl,
    /// `BITEWING_DICTIONARIES`: the folder of the dictionaries the guard looks words up in; without one
    /// spelling is not looked at.
    pub dictionaries: Option<PathBuf>,
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            service: ServiceConfig::from_env(Service::Template, env)?,
            public_url: match env.text("TEMPLATE_PUBLIC_URL")? {
                Some(url) => PublicUrl::parse(&url)
                    .map_err(|error| ConfigError::new("TEMPLATE_PUBLIC_URL", error))?,
                None => PublicUrl::default(),
            },
            dictionaries: env.optional("BITEWING_DICTIONARIES")?,
        })
    }
}
