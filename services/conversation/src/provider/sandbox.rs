//! The sandbox: messages arrive in the organization's own table, and on the page of a development
//! installation. Nothing leaves.

use super::{Answer, Asked, Fault, Outgoing, Provider};
use crate::domain::{Heard, Reason};
use crate::error::Error;
use crate::sandbox::{Ring, recipient_key};
use crate::store::{SandboxMessage, SandboxNote, Store};
use async_trait::async_trait;
use bitewing_core::MessageId;
use bitewing_runtime::Base;

pub(crate) struct SandboxProvider {
    pub(crate) base: Base,
    pub(crate) store: Store,
    /// What the page shows; only a development installation has one.
    pub(crate) ring: Option<Ring>,
}

impl SandboxProvider {
    async fn arrive(&self, outgoing: &Outgoing) -> Result<(), Error> {
        let arrived = SandboxMessage {
            id: self.base.ids.next(),
            message: outgoing.id,
            note: SandboxNote {
                channel: outgoing.channel.name().to_owned(),
                sender: outgoing.sender.clone(),
                recipient: outgoing.recipient.expose().clone(),
                subject: outgoing.content.subject.clone(),
                text: outgoing.content.text.expose().clone(),
                html: outgoing.content.html.expose().clone(),
            },
            at: self.base.clock.now(),
        };
        let key = recipient_key(&self.base, &outgoing.scope, &arrived.note.recipient);
        let mut tx = self.store.begin(&outgoing.scope).await?;
        let new = tx.insert_sandbox_message(&arrived, &key).await?;
        tx.commit().await?;
        if let (true, Some(ring)) = (new, &self.ring) {
            ring.push(arrived);
        }
        Ok(())
    }
}

#[async_trait]
impl Provider for SandboxProvider {
    async fn send(&self, outgoing: &Outgoing) -> Answer {
        match self.arrive(outgoing).await {
            Ok(()) => Heard::Delivered.into(),
            Err(error) => {
                tracing::warn!(message = %outgoing.id, %error, "the sandbox took no message");
                Heard::Unknown(Reason::ProviderError).into()
            }
        }
    }

    /// Never asked: it knows its messages by their ids, so a repeat is harmless.
    async fn ask(&self, _: &Asked) -> Answer {
        Heard::Unknown(Reason::NoAnswer).into()
    }

    /// It is part of the service.
    async fn check(&self, _: MessageId) -> Result<(), Fault> {
        Ok(())
    }
}
