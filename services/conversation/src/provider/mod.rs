//! Who carries messages: one trait, one file per kind of provider.

mod choose;
mod http;
mod misfit;
mod sandbox;
mod smtp;
pub(crate) mod twilio;

pub(crate) use choose::Providers;
pub use smtp::{NotCertificates, Trust};

use crate::domain::{Channel, Content, Heard, Reason};
use ::http::header::RETRY_AFTER;
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::{ChannelAccountId, MessageId, Sensitive};
use std::time::Duration;
use time::OffsetDateTime;

/// The longest a provider may ask us to stay away.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// A message as a provider gets it, the secret in its place.
pub(crate) struct Outgoing {
    pub(crate) scope: Scope,
    pub(crate) id: MessageId,
    pub(crate) channel: Channel,
    pub(crate) language: String,
    pub(crate) sender: String,
    /// Whose message it is, where the account does not say: the clinic.
    pub(crate) sender_name: String,
    pub(crate) recipient: Sensitive<String>,
    pub(crate) content: Content,
    /// `None` where the sandbox stands in for an account nobody made.
    pub(crate) account: Option<ChannelAccountId>,
    /// How long it is of use.
    pub(crate) left: Duration,
}

/// A message that a provider may or may not have.
pub(crate) struct Asked {
    pub(crate) id: MessageId,
    pub(crate) channel: Channel,
    pub(crate) recipient: Sensitive<String>,
    pub(crate) sender: String,
    /// What it is known by: its secret, or all it says; `None` once that is forgotten.
    pub(crate) needle: Option<Sensitive<String>>,
    /// When it was handed over first.
    pub(crate) since: OffsetDateTime,
    /// What the provider calls the account's other calls of late.
    pub(crate) others: Vec<String>,
}

/// What a provider answered, and its own name for the message.
pub(crate) struct Answer {
    pub(crate) heard: Heard,
    /// Its own code for that, up to 40 characters.
    pub(crate) code: String,
    pub(crate) reference: String,
    /// When it said to come back.
    pub(crate) after: Option<Duration>,
}

impl From<Heard> for Answer {
    fn from(heard: Heard) -> Self {
        Self {
            heard,
            code: String::new(),
            reference: String::new(),
            after: None,
        }
    }
}

/// Why an account cannot be used.
pub(crate) struct Fault {
    pub(crate) reason: Reason,
    /// The provider's own code for that, up to 40 characters.
    pub(crate) code: String,
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            code: String::new(),
        }
    }
}

/// Carries messages. An answer is never an error: what is not known is said to be unknown.
#[async_trait]
pub(crate) trait Provider: Send + Sync {
    /// Hands a message over.
    async fn send(&self, outgoing: &Outgoing) -> Answer;

    /// Asks what became of a message that was handed over, or was not.
    async fn ask(&self, asked: &Asked) -> Answer;

    /// Whether the provider is there and takes the credentials; nothing is sent. `nothing` is the
    /// identifier of no message.
    async fn check(&self, nothing: MessageId) -> Result<(), Fault>;
}

/// Seconds only: the form with a date would compare two machines' clocks.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}
