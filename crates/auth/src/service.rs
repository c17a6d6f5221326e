//! The five services by name.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A service of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// The edge.
    Gateway,
    /// Clinics, channels, messages.
    Conversation,
    /// Patients.
    PatientProfile,
    /// Templates.
    Template,
    /// Documents.
    SecureDocument,
}

/// No service has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of a service")]
pub struct UnknownService;

impl Service {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::Gateway,
        Self::Conversation,
        Self::PatientProfile,
        Self::Template,
        Self::SecureDocument,
    ];

    /// The name in folders, tokens and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Conversation => "conversation",
            Self::PatientProfile => "patient-profile",
            Self::Template => "template",
            Self::SecureDocument => "secure-document",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Service {
    type Err = UnknownService;
    fn from_str(name: &str) -> Result<Self, UnknownService> {
        Self::ALL
            .into_iter()
            .find(|service| service.name() == name)
            .ok_or(UnknownService)
    }
}
