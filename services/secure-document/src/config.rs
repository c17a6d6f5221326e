//! Settings.

use crate::domain::code_policy::CodeStops;
use bitewing_auth::Service;
use bitewing_runtime::{ConfigError, Environment, ServiceConfig};
use http::Uri;
use std::fmt;
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

/// Where patients reach the pages: an origin, from which every link is built. Never the `Host` a
/// request claims (OWASP Forgot Password cheat sheet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
}

/// The text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an https origin as https://docs.example.org, or http on loopback")]
pub struct NotAnOrigin;

impl PublicUrl {
    /// Reads `https://host[:port]`; plain http only for this machine.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let uri: Uri = text
            .trim_end_matches('/')
            .parse()
            .map_err(|_| NotAnOrigin)?;
        let host = uri.host().ok_or(NotAnOrigin)?.to_ascii_lowercase();
        let loopback = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let safe = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => loopback,
            _ => false,
        };
        let bare = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
        let authority = uri
            .authority()
            .ok_or(NotAnOrigin)?
            .as_str()
            .to_ascii_lowercase();
        if !safe || !bare || authority.contains('@') {
            return Err(NotAnOrigin);
        }
        let scheme = uri.scheme_str().unwrap_or_default();
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            host,
        })
    }

    /// As `https://docs.example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// As `docs.example.org`: what codes in text messages are bound to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers keep what they exchange with it from others on the way.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

impl Default for PublicUrl {
    /// The gateway of a development installation.
    fn default() -> Self {
        Self {
            origin: "http://127.0.0.1:7000".to_owned(),
            host: "127.0.0.1".to_owned(),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_public() {
        for (text, origin, host) in [
            (
                "https://Docs.example.org/",
                "https://docs.example.org",
                "docs.example.org",
            ),
            (
                "https://docs.example.org:8443",
                "https://docs.example.org:8443",
                "docs.example.org",
            ),
            (
                "http://127.0.0.1:7000",
                "http://127.0.0.1:7000",
                "127.0.0.1",
            ),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.origin(), url.host()), (origin, host));
        }
        for text in [
            "",
            "docs.example.org",
            "http://docs.example.org",
            "https://user@docs.example.org",
            "https://docs.example.org/d",
            "https://docs.example.org?x",
            "ftp://localhost",
        ] {
            assert_eq!(PublicUrl::parse(text), Err(NotAnOrigin), "{text}");
        }
    }
}
