//! Who carries messages: one trait, one file per kind of provider.

mod choose;
mod http;
mod misfit;
mod sandbox;

pub(crate) use choose::Providers;

use crate::domain::{Channel, Content, Heard, Reason};
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::{MessageId, Sensitive};

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
}

/// What a provider answered, and its own name for the message.
pub(crate) struct Answer {
    pub(crate) heard: Heard,
    /// Its own code for that, up to 40 characters.
    pub(crate) code: String,
    pub(crate) reference: String,
    /// When it said to come back.
    pub(crate) after: Option<std::time::Duration>,
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
    async fn ask(&self, id: MessageId) -> Answer;

    /// Whether the provider is there and takes the credentials; nothing is sent. `nothing` is the
    /// identifier of no message.
    async fn check(&self, nothing: MessageId) -> Result<(), Fault>;
}
