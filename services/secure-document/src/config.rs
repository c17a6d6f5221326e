//! Settings.

use crate::domain::code_policy::CodeStops;
use bitewing_auth::Service;
use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};
use std::path::PathBuf;
use std::time::Duration;

/// Seconds a transfer may stand still: a download at 9 kB/s, which would take the whole of a session for
/// 60 MB, still gets its next piece within them.
const PATIENCE: u64 = 120;

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// `SECURE_DOCUMENT_STORAGE_DIR`: where ciphertext lies.
    pub storage_dir: PathBuf,
    /// `SECURE_DOCUMENT_PUBLIC_URL`: where patients reach the pages.
    pub public_url: PublicUrl,
    /// `SECURE_DOCUMENT_STOPPED_CODES`, as `SMS:CU,VOICE:*`: where no codes go, whatever organizations say.
    pub stopped_codes: CodeStops,
    /// `SECURE_DOCUMENT_PATIENCE_SECONDS`, default 120: how long a transfer may stand still.
    pub patience: Duration,
    /// `SECURE_DOCUMENT_BUFFERS`, default 16: parts of 8 MiB in memory at once, over all uploads.
    pub buffers: usize,
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            service: ServiceConfig::from_env(Service::SecureDocument, env)?,
            storage_dir: env.parse(
                "SECURE_DOCUMENT_STORAGE_DIR",
                PathBuf::from("bitewing-data/documents"),
            )?,
            public_url: match env.text("SECURE_DOCUMENT_PUBLIC_URL")? {
                Some(url) => PublicUrl::parse(&url)
                    .map_err(|error| ConfigError::new("SECURE_DOCUMENT_PUBLIC_URL", error))?,
                None => PublicUrl::default(),
            },
            stopped_codes: env.parse("SECURE_DOCUMENT_STOPPED_CODES", CodeStops::default())?,
            patience: Duration::from_secs(
                env.parse("SECURE_DOCUMENT_PATIENCE_SECONDS", PATIENCE)?
                    .clamp(5, 3_600),
            ),
            buffers: env
                .parse("SECURE_DOCUMENT_BUFFERS", 16usize)?
                .clamp(1, 1_024),
        })
    }
}
