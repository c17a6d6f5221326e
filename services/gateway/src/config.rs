//! Settings.

use crate::access_token::TokenKeys;
use crate::edge::{Cidr, Rate};
use bitewing_auth::{Service, SigningKey};
use bitewing_core::Sensitive;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};
use http::HeaderValue;
use std::net::SocketAddr;
use std::str::FromStr;

/// What the service is told; see the README for the variables.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config {
    /// What every service is told.
    pub service: ServiceConfig,
    /// `GATEWAY_PUBLIC_LISTEN`, default 127.0.0.1:7000: where the world calls.
    pub public_listen: SocketAddr,
    /// What the edge is told.
    pub edge: EdgeConfig,
}

/// What the edge is told.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct EdgeConfig {
    /// `GATEWAY_PUBLIC_URL`, default `http://127.0.0.1:7000`: issuer and audience of access tokens.
    pub public_url: String,
    /// `GATEWAY_TOKEN_KEY` signs access tokens; the public keys in `GATEWAY_TOKEN_KEYS_RETIRED`,
    /// base64url with commas between, are believed as well: those before it, or the one to come.
    pub token_keys: TokenKeys,
    /// `GATEWAY_OPERATOR_SECRET`: makes organizations; without one nobody can.
    pub operator_secret: Option<Sensitive<String>>,
    /// Calls allowed.
    pub rates: Rates,
    /// `GATEWAY_MAX_CONCURRENCY`, default 1024: calls that wait for an answer; more are shed.
    pub max_concurrency: usize,
    /// `GATEWAY_MAX_STREAMS`, default 900: answers that are being streamed; more are shed.
    pub max_streams: usize,
    /// `GATEWAY_TRUSTED_PROXIES`: addresses or networks whose `x-forwarded-for` is believed.
    pub trusted_proxies: Vec<Cidr>,
    /// `GATEWAY_CORS_ORIGINS`: origins whose scripts may call; none by default.
    pub cors_origins: Vec<HeaderValue>,
    /// `GATEWAY_HSTS`: the value of `strict-transport-security`; none by default.
    pub hsts: Option<HeaderValue>,
    /// `GATEWAY_EVENT_DAYS`, default 30: how long events can be listed.
    pub event_days: u16,
    /// `GATEWAY_TOKEN_CACHE`, default 100,000: access tokens remembered once verified, about 1 KiB each.
    pub token_cache: u64,
}

/// Calls allowed per second, and at once.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// `GATEWAY_RATE_PER_CALLER`, default `100/200`.
    pub caller: Rate,
    /// `GATEWAY_RATE_PER_ORGANIZATION`, default `1000/2000`.
    pub organization: Rate,
    /// `GATEWAY_RATE_PER_ADDRESS`, default `10/40`: calls without a valid credential.
    pub address: Rate,
    /// `GATEWAY_RATE_PER_HOOK_ADDRESS`, default `100/200`: what providers call back.
    pub hook: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            caller: Rate::new(100, 200),
            organization: Rate::new(1000, 2000),
            address: Rate::new(10, 40),
            hook: Rate::new(100, 200),
        }
    }
}

impl EdgeConfig {
    /// The defaults around a public URL and a signing key.
    pub fn new(public_url: impl Into<String>, key: SigningKey) -> Self {
        Self {
            public_url: public_url.into(),
            token_keys: TokenKeys::new(key),
            operator_secret: None,
            rates: Rates::default(),
            max_concurrency: 1024,
            max_streams: 900,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            hsts: None,
            event_days: 30,
            token_cache: 100_000,
        }
    }

    fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        let public_url = env
            .text("GATEWAY_PUBLIC_URL")?
            .unwrap_or_else(|| "http://127.0.0.1:7000".to_owned());
        let url = url::Url::parse(&public_url)
            .map_err(|error| ConfigError::new("GATEWAY_PUBLIC_URL", error))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() {
            let problem = "must be an http or https URL without a query";
            return Err(ConfigError::new("GATEWAY_PUBLIC_URL", problem));
        }
        let key = SigningKey::parse(env.secret("GATEWAY_TOKEN_KEY")?.expose())
            .map_err(|error| ConfigError::new("GATEWAY_TOKEN_KEY", error))?;
        let defaults = Self::new(public_url.trim_end_matches('/'), key);
        let retired: Vec<String> = list(env, "GATEWAY_TOKEN_KEYS_RETIRED")?;
        let token_keys = retired
            .iter()
            .try_fold(defaults.token_keys, |keys, public| {
                keys.with_retired(public)
                    .map_err(|error| ConfigError::new("GATEWAY_TOKEN_KEYS_RETIRED", error))
            })?;
        let rates = Rates {
            caller: env.parse("GATEWAY_RATE_PER_CALLER", defaults.rates.caller)?,
            organization: env
                .parse("GATEWAY_RATE_PER_ORGANIZATION", defaults.rates.organization)?,
            address: env.parse("GATEWAY_RATE_PER_ADDRESS", defaults.rates.address)?,
            hook: env.parse("GATEWAY_RATE_PER_HOOK_ADDRESS", defaults.rates.hook)?,
        };
        Ok(Self {
            token_keys,
            operator_secret: env.text("GATEWAY_OPERATOR_SECRET")?.map(Sensitive::new),
            rates,
            max_concurrency: env.parse("GATEWAY_MAX_CONCURRENCY", defaults.max_concurrency)?,
            max_streams: env.parse("GATEWAY_MAX_STREAMS", defaults.max_streams)?,
            trusted_proxies: list(env, "GATEWAY_TRUSTED_PROXIES")?,
            cors_origins: list(env, "GATEWAY_CORS_ORIGINS")?,
            hsts: env.optional("GATEWAY_HSTS")?,
            event_days: env.parse("GATEWAY_EVENT_DAYS", defaults.event_days)?,
            token_cache: env.parse("GATEWAY_TOKEN_CACHE", defaults.token_cache)?,
            public_url: defaults.public_url,
        })
    }
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &Environment) -> Result<Self, ConfigError> {
        let service = ServiceConfig::from_env(Service::Gateway, env)?;
        let public_listen = env.parse(
            "GATEWAY_PUBLIC_LISTEN",
            SocketAddr::from(([127, 0, 0, 1], 7000)),
        )?;
        Ok(Self {
            service,
            public_listen,
            edge: EdgeConfig::from_env(env)?,
        })
    }
}

/// A list with commas between; blanks do not count.
fn list<T: FromStr<Err: std::fmt::Display>>(
    env: &Environment,
    name: &str,
) -> Result<Vec<T>, ConfigError> {
    let text = env.text(name)?.unwrap_or_default();
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse()
                .map_err(|error: T::Err| ConfigError::new(name, error))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let key = SigningKey::generate();
        Environment::default().with("GATEWAY_TOKEN_KEY", key.reveal().expose())
    }

    #[test]
    fn reads_lists_rates_and_keys() {
        let env = environment()
            .with("GATEWAY_PUBLIC_URL", "https://api.example.org/")
            .with("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
            .with("GATEWAY_CORS_ORIGINS", "https://app.example.org")
            .with("GATEWAY_RATE_PER_CALLER", "5/9")
            .with(
                "GATEWAY_TOKEN_KEYS_RETIRED",
                SigningKey::generate().public(),
            );
        let config = EdgeConfig::from_env(&env).unwrap();
        assert_eq!(config.public_url, "https://api.example.org");
        assert_eq!(
            (config.trusted_proxies.len(), config.cors_origins.len()),
            (2, 1)
        );
        assert_eq!(config.rates.caller, Rate::new(5, 9));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (name, value) in [
            ("GATEWAY_PUBLIC_URL", "ftp://x"),
            ("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("GATEWAY_RATE_PER_ADDRESS", "0/5"),
            ("GATEWAY_TOKEN_KEYS_RETIRED", "no key"),
        ] {
            let error = EdgeConfig::from_env(&environment().with(name, value))
                .err()
                .unwrap();
            assert_eq!(error.name, name);
        }
    }
}
