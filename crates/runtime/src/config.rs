//! What every service is told.
//!
//! Variables are prefixed with the service's name, as `SECURE_DOCUMENT_LISTEN`; what all services
//! share starts with `BITEWING_`.

use crate::{ConfigError, Environment, Profile};
use bitewing_auth::{KeySet, Service, SigningKey};
use bitewing_core::Sensitive;
use http::Uri;
use sqlx::postgres::PgConnectOptions;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// How a service reaches its database.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "connection options hold passwords"
)]
pub struct DatabaseConfig {
    /// `X_DATABASE_URL`: the login that serves requests.
    pub app: PgConnectOptions,
    /// `X_WORKER_DATABASE_URL`: the login that scans queues.
    pub worker: PgConnectOptions,
    /// `X_OWNER_DATABASE_URL`: for `bitewing migrate` only.
    pub owner: Option<PgConnectOptions>,
    /// `X_DATABASE_CONNECTIONS`, 1 to 200, default 8: per pool.
    pub connections: u32,
}

/// What every service is told.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct ServiceConfig {
    /// Which service.
    pub service: Service,
    /// `BITEWING_PROFILE`.
    pub profile: Profile,
    /// `X_LISTEN`: where the service listens for the other services.
    pub listen: SocketAddr,
    /// The database.
    pub database: DatabaseConfig,
    /// `X_KEYRING` or `BITEWING_KEYRING`: key-encryption keys, `2:base64,1:base64`.
    pub keyring: Sensitive<String>,
    /// `X_PEPPER` or `BITEWING_PEPPER`: 32 bytes or more for keyed hashes, base64.
    pub pepper: Sensitive<String>,
    /// `X_WORKLOAD_KEY`: signs this service's internal tokens.
    pub workload_key: SigningKey,
    /// `BITEWING_WORKLOAD_KEYS`: the public keys of all services.
    pub workload_keys: KeySet,
    /// `X_URL`: where each service is.
    pub peers: BTreeMap<Service, Uri>,
}

/// The port a service listens on where nothing else is said: 7001 to 7005. The gateway's public port
/// is 7000.
pub const fn default_port(service: Service) -> u16 {
    match service {
        Service::Conversation => 7001,
        Service::PatientProfile => 7002,
        Service::Template => 7003,
        Service::SecureDocument => 7004,
        Service::Gateway => 7005,
    }
}

/// `SECURE_DOCUMENT` for secure-document.
pub fn prefix(service: Service) -> String {
    service.name().replace('-', "_").to_ascii_uppercase()
}

impl ServiceConfig {
    /// Reads the settings of a service.
    pub fn from_env(service: Service, env: &Environment) -> Result<Self, ConfigError> {
        let own = |name: &str| format!("{}_{name}", prefix(service));
        let own_or_shared = |name: &str| -> Result<Sensitive<String>, ConfigError> {
            match env.text(&own(name))? {
                Some(value) => Ok(value.into()),
                None => env.secret(&format!("BITEWING_{name}")),
            }
        };
        let profile = env.parse("BITEWING_PROFILE", Profile::default())?;
        let listen_name = own("LISTEN");
        let listen: SocketAddr = env.parse(
            &listen_name,
            SocketAddr::from(([127, 0, 0, 1], default_port(service))),
        )?;
        if profile == Profile::Development && !listen.ip().is_loopback() {
            return Err(ConfigError::new(
                listen_name,
                "must be loopback in the development profile",
            ));
        }
        let workload_key = own("WORKLOAD_KEY");
        let peers = Service::ALL
            .into_iter()
            .map(|peer| {
                let default = format!("http://127.0.0.1:{}", default_port(peer));
                let name = format!("{}_URL", prefix(peer));
                let uri: Uri = env
                    .parse(&name, default)?
                    .parse()
                    .map_err(|error| ConfigError::new(name, error))?;
                Ok((peer, uri))
            })
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            service,
            profile,
            listen,
            database: DatabaseConfig {
                app: url(env, &own("DATABASE_URL"))?,
                worker: url(env, &own("WORKER_DATABASE_URL"))?,
                owner: env.optional(&own("OWNER_DATABASE_URL"))?,
                connections: env.parse(&own("DATABASE_CONNECTIONS"), 8u32)?.clamp(1, 200),
            },
            keyring: own_or_shared("KEYRING")?,
            pepper: own_or_shared("PEPPER")?,
            workload_key: SigningKey::parse(env.secret(&workload_key)?.expose())
                .map_err(|error| ConfigError::new(workload_key, error))?,
            workload_keys: KeySet::parse(env.secret("BITEWING_WORKLOAD_KEYS")?.expose())
                .map_err(|error| ConfigError::new("BITEWING_WORKLOAD_KEYS", error))?,
            peers,
        })
    }
}

fn url(env: &Environment, name: &str) -> Result<PgConnectOptions, ConfigError> {
    env.optional(name)?.ok_or_else(|| {
        ConfigError::new(
            name,
            "is required (the development profile sets it when `bitewing serve` starts Postgres)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn production() -> Environment {
        let key = SigningKey::generate();
        Environment::default()
            .with("BITEWING_PROFILE", "production")
            .with("TEMPLATE_DATABASE_URL", "postgres://a@localhost/t")
            .with("TEMPLATE_WORKER_DATABASE_URL", "postgres://w@localhost/t")
            .with("BITEWING_KEYRING", "1:AAAA")
            .with("BITEWING_PEPPER", "AAAA")
            .with("TEMPLATE_WORKLOAD_KEY", key.reveal().expose())
            .with(
                "BITEWING_WORKLOAD_KEYS",
                format!(r#"{{"template":["{}"]}}"#, key.public()),
            )
    }

    #[test]
    fn production_names_each_missing_secret() {
        assert!(ServiceConfig::from_env(Service::Template, &production()).is_ok());
        for name in [
            "BITEWING_KEYRING",
            "BITEWING_PEPPER",
            "TEMPLATE_WORKLOAD_KEY",
            "BITEWING_WORKLOAD_KEYS",
        ] {
            let env = production().with(name, "");
            let error = ServiceConfig::from_env(Service::Template, &env)
                .err()
                .unwrap()
                .to_string();
            assert_eq!(
                error,
                format!("{name} is required (or NAME_FILE) outside the development profile")
            );
        }
    }

    #[test]
    fn development_stays_on_this_machine() {
        let env = production()
            .with("BITEWING_PROFILE", "development")
            .with("TEMPLATE_LISTEN", "0.0.0.0:7003");
        let error = ServiceConfig::from_env(Service::Template, &env)
            .err()
            .unwrap();
        assert_eq!(error.name, "TEMPLATE_LISTEN");
    }
}
