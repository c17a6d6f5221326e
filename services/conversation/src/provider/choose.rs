//! Which provider an account has.

use super::Provider;
use super::http::HttpProvider;
use super::misfit::Misfit;
use super::sandbox::SandboxProvider;
use super::smtp::MailServers;
use super::twilio::TwilioProvider;
use crate::domain::{Credential, Route};
use crate::sandbox::Ring;
use crate::store::Store;
use crate::webhook::Hooks;
use crate::{Deps, Sending};
use bitewing_core::ChannelAccountId;
use bitewing_runtime::Base;
use std::time::Duration;

/// Makes the provider of an account; what several messages share is kept here.
#[derive(Clone)]
pub(crate) struct Providers {
    base: Base,
    store: Store,
    pub(super) sending: Sending,
    pub(super) client: reqwest::Client,
    mail: MailServers,
    ring: Option<Ring>,
    pub(super) hooks: Hooks,
}

impl Providers {
    pub(crate) fn new(deps: &Deps, ring: Option<Ring>) -> reqwest::Result<Self> {
        Ok(Self {
            base: deps.base.clone(),
            store: Store::of(&deps.base),
            sending: deps.sending,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(5).min(deps.sending.call_timeout))
                .pool_idle_timeout(Duration::from_secs(5))
                .build()?,
            mail: MailServers::new(deps),
            ring,
            hooks: deps.hooks(),
        })
    }

    /// The provider of a route, of which account and for whose messages; the sandbox stands in for an
    /// account nobody made.
    pub(crate) fn of(
        &self,
        (account, sender): (Option<ChannelAccountId>, &str),
        route: &Route,
        credential: Option<Credential>,
    ) -> Box<dyn Provider> {
        match (route, credential) {
            (Route::Sandbox, _) => Box::new(SandboxProvider {
                base: self.base.clone(),
                store: self.store.clone(),
                ring: self.ring.clone(),
            }),
            (Route::Http { endpoint, .. }, Some(Credential::Bearer(credential))) => {
                Box::new(HttpProvider {
                    client: self.client.clone(),
                    endpoint: endpoint.clone(),
                    credential,
                    timeout: self.sending.call_timeout,
                })
            }
            (Route::Smtp(settings), None) if settings.username.is_empty() => {
                Box::new(self.mail.of((account, sender), settings, None))
            }
            (Route::Smtp(settings), Some(Credential::Password(password))) => {
                Box::new(self.mail.of((account, sender), settings, Some(password)))
            }
            (Route::Twilio(settings), Some(Credential::Twilio(secrets))) => {
                Box::new(TwilioProvider::new(self, settings.clone(), secrets))
            }
            _ => Box::new(Misfit),
        }
    }
}
