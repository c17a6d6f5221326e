//! Whose request it is, and whether it may be believed: nothing is read before that.

use super::hook::{Hooks, Known};
use super::inbound::{Inbound, Reply};
use super::metrics::Metrics;
use super::signature::is_signed;
use crate::domain::Credential;
use crate::error::Error;
use crate::store::{Store, Tx};
use bitewing_auth::Clinics;
use bitewing_rpc::Call;
use bitewing_runtime::Base;

/// Takes what providers call back.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(super) base: Base,
    store: Store,
    hooks: Hooks,
    metrics: Metrics,
}

impl Desk {
    pub(crate) fn new(base: &Base, hooks: Hooks) -> Self {
        Self {
            base: base.clone(),
            store: Store::of(base),
            hooks,
            metrics: Metrics::new(),
        }
    }

    /// Takes a request in. Only what is not the provider's doing is an error.
    pub(crate) async fn take(&self, inbound: &Inbound, request_id: String) -> Result<Reply, Error> {
        let reply = match self.hooks.read(&inbound.url) {
            Some(known) => self.believe(inbound, known, request_id).await?,
            None => Reply::nobodys(),
        };
        self.metrics.count(reply.status);
        Ok(reply)
    }

    async fn believe(
        &self,
        inbound: &Inbound,
        known: Known,
        request_id: String,
    ) -> Result<Reply, Error> {
        let mut tx = self.store.begin(&known.scope).await?;
        let found = tx.keyed_account(known.account).await?;
        // What an account was given goes on after it was disabled: its last messages still arrive.
        let Some((_, Some(Credential::Twilio(secrets)))) = found else {
            return Ok(Reply::nobodys());
        };
        let tokens = std::iter::once(&secrets.auth_token).chain(&secrets.secondary_auth_token);
        if !is_signed(inbound, tokens) {
            return Ok(Reply::forged());
        }
        let call = Call::of_job(
            self.base.service,
            known.scope,
            Clinics::All,
            "webhook",
            request_id,
        );
        self.read(tx, &call, known, inbound).await
    }

    async fn read(
        &self,
        tx: Tx,
        call: &Call,
        known: Known,
        inbound: &Inbound,
    ) -> Result<Reply, Error> {
        if !inbound.is_form() {
            return Ok(Reply::unreadable());
        }
        self.told(tx, call, known, &inbound.fields()).await
    }
}
