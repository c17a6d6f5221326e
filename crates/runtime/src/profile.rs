//! What kind of installation this is.

use std::str::FromStr;

/// Development runs at once and for nobody but this machine; production refuses what is unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Makes its own secrets and its own Postgres; listens on loopback only.
    #[default]
    Development,
    /// Every secret and every database must be given.
    Production,
}

/// No such profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be development or production")]
pub struct UnknownProfile;

impl FromStr for Profile {
    type Err = UnknownProfile;
    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        match name {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err(UnknownProfile),
        }
    }
}
