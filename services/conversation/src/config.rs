//! Settings.

use crate::domain::{Backoff, ProviderKind};
use crate::provider::Trust;
use bitewing_auth::Service;
use bitewing_runtime::{ConfigError, Environment, Profile, ServiceConfig};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// How messages leave.
    pub sending: Sending,
    /// `CONVERSATION_PUBLIC_URL`, default `GATEWAY_PUBLIC_URL`, default `http://127.0.0.1:7000`: where
    /// providers call back. It must be the gateway's public URL: their signatures cover it.
    pub public_url: Url,
    /// `CONVERSATION_MAIL_CA`: certificates in PEM that mail servers may show besides those of public
    /// authorities.
    pub trust: Trust,
    /// `BITEWING_DICTIONARIES`: the folder of the dictionaries the guard looks words up in; without one
    /// spelling is not looked at.
    pub dictionaries: Option<PathBuf>,
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
    /// `CONVERSATION_MAIL_TIMEOUT_SECONDS`, 1 to 600, default 120: how long a mail server may take for
    /// one mail altogether; for each step before the message it has a call's time. RFC 5321 4.5.3.2
    /// would have servers be waited for ten minutes; until then nobody knows whether a mail was sent.
    pub mail_timeout: Duration,
    /// `CONVERSATION_MAIL_REST_SECONDS`, 0 to 300, default 30: how long an unused connection to a mail
    /// server is kept.
    pub mail_rest: Duration,
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
            mail_timeout: Duration::from_mins(2),
            mail_rest: Duration::from_secs(30),
            backoff: Backoff::default(),
        }
    }
}

impl Sending {
    /// How long one call of a provider may take.
    pub(crate) const fn longest(&self, provider: ProviderKind) -> Duration {
        match provider {
            ProviderKind::Smtp => self.mail_timeout,
            ProviderKind::Sandbox | ProviderKind::Http | ProviderKind::Twilio => self.call_timeout,
        }
    }

    /// How long a call of any provider may take.
    pub(crate) fn longest_of_all(&self) -> Duration {
        self.call_timeout.max(self.mail_timeout)
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
            mail_timeout: seconds(
                env,
                "CONVERSATION_MAIL_TIMEOUT_SECONDS",
                default.mail_timeout,
                1..=600,
            )?,
            mail_rest: seconds(
                env,
                "CONVERSATION_MAIL_REST_SECONDS",
                default.mail_rest,
                0..=300,
            )?,
            ..default
        };
        Ok(Self {
            service,
            sending,
            public_url: public_url(env)?,
            trust: env.parse("CONVERSATION_MAIL_CA", Trust::default())?,
            dictionaries: env.optional("BITEWING_DICTIONARIES")?,
        })
    }
}

fn public_url(env: &Environment) -> Result<Url, ConfigError> {
    let (name, text) = match env.text("CONVERSATION_PUBLIC_URL")? {
        Some(text) => ("CONVERSATION_PUBLIC_URL", Some(text)),
        None => ("GATEWAY_PUBLIC_URL", env.text("GATEWAY_PUBLIC_URL")?),
    };
    let text = text.unwrap_or_else(|| "http://127.0.0.1:7000".to_owned());
    let url = Url::parse(&text).map_err(|error| ConfigError::new(name, error))?;
    let plain = url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && plain {
        Ok(url)
    } else {
        let problem = "must be an http or https URL without a query";
        Err(ConfigError::new(name, problem))
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
