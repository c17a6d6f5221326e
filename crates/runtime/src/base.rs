//! What a running service stands on.

use crate::audit::WorkloadSigner;
use crate::{Background, ConfigError, Profile, ServiceConfig};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bitewing_auth::{Minter, Service, Verifier};
use bitewing_core::{
    Clock, Entropy, Ids, OrganizationId, Sensitive, SystemClock, SystemEntropy, SystemIds,
};
use bitewing_rpc::{PageTokens, Peer, Stack};
use bitewing_store::audit::{HeadSigner, Sealer};
use bitewing_store::feed::Sequencer;
use bitewing_store::{Db, DbOptions, Keyring, Maintenance};
use http::Uri;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Database, clock, ids, randomness, keys and peers of one service: everything that is outside of it.
/// Tests fill it by hand.
#[derive(Clone)]
pub struct Base {
    /// Which service.
    pub service: Service,
    /// What kind of installation.
    pub profile: Profile,
    /// The service's own database.
    pub db: Db,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn Ids>,
    /// Makes secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Seals what must not rest in clear.
    pub keyring: Arc<Keyring>,
    /// Hashes what must not be guessed from a stolen database.
    pub pepper: Pepper,
    /// Signs audit heads.
    pub head_signer: Arc<dyn HeadSigner>,
    /// Signs internal tokens.
    pub minter: Minter,
    /// Reads internal tokens.
    pub verifier: Verifier,
    /// Writes and reads page tokens.
    pub page_tokens: PageTokens,
    /// Where each service is.
    pub peers: BTreeMap<Service, Uri>,
}

impl Base {
    /// Makes the real one. Nothing is connected yet.
    pub fn new(config: &ServiceConfig) -> Result<Self, ConfigError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let keyring = Keyring::parse(&config.keyring, Arc::clone(&entropy))
            .map_err(|error| ConfigError::new("BITEWING_KEYRING", error))?;
        let keyring = Arc::new(keyring);
        let pepper = Pepper::parse(&config.pepper)?;
        let db = Db::new(DbOptions {
            app: config.database.app.clone(),
            worker: config.database.worker.clone(),
            max_connections: config.database.connections,
            ids: Arc::clone(&ids),
            clock: Arc::clone(&clock),
            keyring: Arc::clone(&keyring),
        });
        Ok(Self {
            service: config.service,
            profile: config.profile,
            db,
            ids,
            entropy,
            keyring,
            page_tokens: PageTokens::new(&pepper.derive("page-tokens")),
            pepper,
            minter: Minter::new(
                config.service,
                config.workload_key.clone(),
                Arc::clone(&clock),
            ),
            verifier: Verifier::new(
                config.service,
                config.workload_keys.clone(),
                Arc::clone(&clock),
            ),
            head_signer: Arc::new(WorkloadSigner::new(config)),
            peers: config.peers.clone(),
            clock,
        })
    }

    /// Another service.
    pub fn peer(&self, service: Service) -> Peer {
        let uri = self.peers.get(&service).cloned().unwrap_or_default();
        Peer::new(service, uri, self.minter.clone())
    }

    /// The loops every service's store needs: sequencing its feed, chaining its audit trail, upkeep.
    pub(crate) fn store_duties(&self) -> Vec<Background> {
        let sequencer = Sequencer::new(self.db.clone());
        let sealer = Sealer::new(self.db.clone(), Arc::clone(&self.head_signer));
        let maintenance = Maintenance::new(self.db.clone());
        vec![
            Background::new(async move |stop| sequencer.run(stop).await),
            Background::new(async move |stop| sealer.run(stop).await),
            Background::new(async move |stop| maintenance.run(stop).await),
        ]
    }

    /// The layers in front of this service.
    pub fn stack(&self) -> Stack {
        Stack {
            service: self.service,
            verifier: self.verifier.clone(),
            ids: Arc::clone(&self.ids),
        }
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base({})", self.service)
    }
}

/// A secret kept outside the database: a stolen database alone does not let anyone test guesses of
/// codes or phone numbers.
#[derive(Clone)]
pub struct Pepper(Arc<Sensitive<Vec<u8>>>);

impl Pepper {
    /// Wraps 32 bytes or more.
    pub fn new(secret: Vec<u8>) -> Self {
        Self(Arc::new(secret.into()))
    }

    fn parse(text: &Sensitive<String>) -> Result<Self, ConfigError> {
        STANDARD
            .decode(text.expose())
            .ok()
            .filter(|secret| secret.len() >= 32)
            .map(Self::new)
            .ok_or_else(|| {
                ConfigError::new("BITEWING_PEPPER", "must be base64 of 32 bytes or more")
            })
    }

    /// A secret of its own for each purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac("derive", &[purpose.as_bytes()])
    }

    /// Names an address in events without saying it: services that have the pepper and the address find the same name,
    /// others find none. `kind` is `phone` (E.164) or `email` (lower-cased).
    pub fn address_name(&self, organization: OrganizationId, kind: &str, value: &str) -> String {
        let organization = organization.uuid();
        let fields = [organization.as_bytes(), kind.as_bytes(), value.as_bytes()];
        URL_SAFE_NO_PAD.encode(self.mac("address-name", &fields))
    }

    /// HMAC-SHA-256 over a purpose and fields, each with its length before it.
    pub fn mac(&self, purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose());
        let mut context = hmac::Context::with_key(&key);
        for field in std::iter::once(purpose.as_bytes()).chain(fields.iter().copied()) {
            context.update(&(field.len() as u64).to_be_bytes());
            context.update(field);
        }
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_into_each_other() {
        let pepper = Pepper::new(vec![7; 32]);
        assert_ne!(
            pepper.mac("code", &[b"ab", b"c"]),
            pepper.mac("code", &[b"a", b"bc"])
        );
        assert_ne!(pepper.mac("code", &[b"a"]), pepper.mac("phone", &[b"a"]));
    }

    #[test]
    fn an_address_has_another_name_in_every_organization() {
        let pepper = Pepper::new(vec![7; 32]);
        let name = |organization: u128, kind| {
            let organization =
                OrganizationId::from_uuid(sqlx::types::Uuid::from_u128(organization));
            pepper.address_name(organization, kind, "+15148731234")
        };
        assert_eq!(name(1, "phone"), name(1, "phone"));
        assert_ne!(name(1, "phone"), name(2, "phone"));
        assert_ne!(name(1, "phone"), name(1, "email"));
        assert_eq!(name(1, "phone").len(), 43);
    }
}
