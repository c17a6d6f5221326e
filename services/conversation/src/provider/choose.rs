//! Which provider an account has.

use super::Provider;
use super::http::HttpProvider;
use super::misfit::Misfit;
use super::sandbox::SandboxProvider;
use crate::domain::{Credential, Route};
use crate::sandbox::Ring;
use crate::store::Store;
use crate::{Deps, Sending};
use bitewing_runtime::Base;
use std::time::Duration;

/// Makes the provider of an account; what several messages share is kept here.
#[derive(Clone)]
pub(crate) struct Providers {
    base: Base,
    store: Store,
    sending: Sending,
    client: reqwest::Client,
    ring: Option<Ring>,
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
            ring,
        })
    }

    /// The provider of a route.
    pub(crate) fn of(&self, route: &Route, credential: Option<Credential>) -> Box<dyn Provider> {
        match (route, credential) {
            (Route::Http { endpoint, .. }, Some(Credential::Bearer(credential))) => {
                Box::new(HttpProvider {
                    client: self.client.clone(),
                    endpoint: endpoint.clone(),
                    credential,
                    timeout: self.sending.call_timeout,
                })
            }
            (Route::Sandbox, _) => Box::new(SandboxProvider {
                base: self.base.clone(),
                store: self.store.clone(),
                ring: self.ring.clone(),
            }),
            _ => Box::new(Misfit),
        }
    }
}
