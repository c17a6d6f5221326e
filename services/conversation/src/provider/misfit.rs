//! An account without the credential its provider needs: nothing can leave through it.

use super::{Answer, Asked, Fault, Outgoing, Provider};
use crate::domain::{Heard, Reason};
use async_trait::async_trait;
use bitewing_core::MessageId;

pub(super) struct Misfit;

#[async_trait]
impl Provider for Misfit {
    async fn send(&self, _: &Outgoing) -> Answer {
        Heard::Refused(Reason::CredentialsRefused).into()
    }

    /// It says nothing about what was sent before.
    async fn ask(&self, _: &Asked) -> Answer {
        Heard::Unknown(Reason::NoAnswer).into()
    }

    async fn check(&self, _: MessageId) -> Result<(), Fault> {
        Err(Reason::CredentialsRefused.into())
    }
}
