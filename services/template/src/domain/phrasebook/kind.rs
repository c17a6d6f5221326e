//! The occasions on which clinics write, as `library/kinds.toml` tells them.

use super::Medium;
use serde::{Deserialize, Serialize};

/// What consent is asked for before a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Purpose {
    Care,
    Recall,
    Billing,
    Marketing,
    Survey,
    Security,
}

/// An occasion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Occasion {
    /// Its name: the key of the file.
    #[serde(skip)]
    pub(crate) name: String,
    /// Whether a chain made it.
    #[serde(skip)]
    pub(crate) own: bool,
    /// The requirements it answers.
    pub(crate) source: String,
    /// What it says, in one line.
    pub(crate) says: String,
    pub(crate) purpose: Purpose,
    pub(crate) channels: Vec<Medium>,
    /// What its wordings may place.
    pub(crate) variables: Vec<String>,
    /// What every one of them must place.
    pub(crate) required: Vec<String>,
    /// Whether only a dentist approves its wordings.
    #[serde(default)]
    pub(crate) clinical: bool,
    /// The emoji its wordings may carry.
    #[serde(default)]
    pub(crate) emoji: Vec<String>,
    /// Days after it without greetings and marketing.
    #[serde(default)]
    pub(crate) quiet: u16,
    /// Whether it goes to the clinic's own staff.
    #[serde(default)]
    pub(crate) staff: bool,
}
