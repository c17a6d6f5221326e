//! Settings.

use crate::domain::Backoff;
use bitewing_auth::Service;
use bitewing_runtime::{ConfigError, Environment, Profile, ServiceConfig};
use std::time::Duration;

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// How messages leave.
    pub sending: Sending,
}

/// How messages leave.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// `CONVERSATION_SANDBOX_FALLBACK`, by default in development only: whether the sandbox carries
    /// messages of organizations without an account for the channel.
    pub sandbox_fallback: bool,
    /// `CONVERSATION_CALL_TIMEOUT_SECONDS`, 1 to 60, default 15: how long a provider may take.
    pub call_timeout: Duration,
    /// `CONVERSATION_SETTLE_SECONDS`, 0 to 600, default 30: after how long a provider that can be
    /// asked knows for certain whether it has a message.
    pub settle: Duration,
    /// `CONVERSATION_SEND_LEASE_SECONDS`, 1 to 600, default 60: how long a process that died keeps
    /// its messages.
    pub lease: Duration,
    /// The waits between attempts.
    pub backoff: Backoff,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            sandbox_fallback: false,
            call_timeout: Duration::from_secs(15),
            settle: Duration::from_secs(30),
            lease: Duration::from_mins(1),
            backoff: Backoff::default(),
        }
    }
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        let service = ServiceConfig::from_env(Service::Conversation, env)?;
        let default = Sending::default();
        let development = service.profile == Profile::Development;
        let sending = Sending {
            sandbox_fallback: env.parse("CONVERSATION_SANDBOX_FALLBACK", development)?,
            call_timeout: seconds(
                env,
                "CONVERSATION_CALL_TIMEOUT_SECONDS",
                default.call_timeout,
                1..=60,
            )?,
            settle: seconds(env, "CONVERSATION_SETTLE_SECONDS", default.settle, 0..=600)?,
            lease: seconds(
                env,
                "CONVERSATION_SEND_LEASE_SECONDS",
                default.lease,
                1..=600,
            )?,
            ..default
        };
        Ok(Self { service, sending })
    }
}

fn seconds(
    env: &Environment,
    name: &str,
    default: Duration,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Duration, ConfigError> {
    let seconds = env.parse(name, default.as_secs())?;
    if range.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        let problem = format!("must be {} to {} seconds", range.start(), range.end());
        Err(ConfigError::new(name, problem))
    }
}
