//! Who carries messages: one trait, one file per kind of provider.

mod http;
mod sandbox;

pub(crate) use http::HttpProvider;
pub(crate) use sandbox::SandboxProvider;

use crate::domain::{Channel, Content, Heard};
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
    pub(crate) recipient: Sensitive<String>,
    pub(crate) content: Content,
}

/// What a provider answered, and its own name for the message.
pub(crate) struct Answer {
    pub(crate) heard: Heard,
    pub(crate) reference: String,
    /// When it said to come back.
    pub(crate) after: Option<std::time::Duration>,
}

impl From<Heard> for Answer {
    fn from(heard: Heard) -> Self {
        Self {
            heard,
            reference: String::new(),
            after: None,
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
}
