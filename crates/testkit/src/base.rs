//! Everything a service stands on, in a test.

use crate::{FakeClock, TestDatabase};
use bitewing_auth::{Caller, KeySet, Minter, Service, SigningKey, Verifier};
use bitewing_core::{Clock, Entropy, Ids, Sensitive, SystemEntropy, SystemIds};
use bitewing_rpc::{PageTokens, Stack};
use bitewing_runtime::audit::WorkloadSigner;
use bitewing_runtime::base::Pepper;
use bitewing_runtime::{Base, Profile};
use bitewing_store::{Db, DbOptions, Keyring};
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tonic::Request;

/// The workload keys of all five services.
#[derive(Debug, Clone)]
pub struct TestKeys {
    private: BTreeMap<Service, SigningKey>,
    public: KeySet,
}

impl Default for TestKeys {
    fn default() -> Self {
        let private: BTreeMap<_, _> = Service::ALL
            .into_iter()
            .map(|service| (service, SigningKey::generate()))
            .collect();
        let public = private
            .iter()
            .fold(KeySet::default(), |set, (service, key)| {
                set.with(*service, &key.public())
                    .expect("a fresh key is a key")
            });
        Self { private, public }
    }
}

impl TestKeys {
    /// Signs internal tokens as a service.
    pub fn minter(&self, service: Service, clock: Arc<dyn Clock>) -> Minter {
        Minter::new(service, self.private[&service].clone(), clock)
    }

    /// The layers in front of a fake peer.
    pub fn stack(&self, service: Service, clock: Arc<dyn Clock>) -> Stack {
        let verifier = Verifier::new(service, self.public.clone(), clock);
        Stack {
            service,
            verifier,
            ids: Arc::new(SystemIds),
        }
    }
}

/// A service's base over a database of its own, with a clock moved by hand.
#[derive(Debug)]
pub struct TestBase {
    /// For the service's `Deps`.
    pub base: Base,
    /// Its clock.
    pub clock: Arc<FakeClock>,
    /// Its database.
    pub database: TestDatabase,
    /// Everybody's workload keys.
    pub keys: TestKeys,
}

impl TestBase {
    /// Makes one.
    pub async fn new(service: Service, migrator: &Migrator) -> Self {
        let database =
            TestDatabase::create(service.name(), &[&bitewing_store::MIGRATOR, migrator]).await;
        let clock = Arc::new(FakeClock::default());
        let keys = TestKeys::default();
        Self {
            base: base(service, &database, &clock, &keys),
            clock,
            database,
            keys,
        }
    }

    /// Another instance of the service over the same database.
    pub fn twin(&self) -> Base {
        base(self.base.service, &self.database, &self.clock, &self.keys)
    }

    /// Says where a peer listens.
    pub fn set_peer(&mut self, service: Service, address: SocketAddr) {
        let uri = format!("http://{address}")
            .parse()
            .expect("an address makes a URI");
        self.base.peers.insert(service, uri);
    }

    /// A request to this service as another one would send it, for a caller or for itself.
    pub fn request<T>(&self, from: Service, caller: Option<&Caller>, message: T) -> Request<T> {
        let clock: Arc<dyn Clock> = Arc::<FakeClock>::clone(&self.clock);
        let token = self
            .keys
            .minter(from, clock)
            .mint(caller, self.base.service);
        let mut request = Request::new(message);
        let bearer = format!("Bearer {token}")
            .parse()
            .expect("a token is a header value");
        request.metadata_mut().insert("authorization", bearer);
        request
    }
}

fn base(
    service: Service,
    database: &TestDatabase,
    clock: &Arc<FakeClock>,
    keys: &TestKeys,
) -> Base {
    let clock: Arc<dyn Clock> = Arc::<FakeClock>::clone(clock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    // base64 of 32 bytes of 0: a test's key-encryption key.
    let text = Sensitive::new(format!("1:{}=", "A".repeat(43)));
    let keyring = Keyring::parse(&text, Arc::clone(&entropy)).expect("the key is 32 bytes");
    let keyring = Arc::new(keyring);
    let pepper = Pepper::new(vec![7; 32]);
    Base {
        service,
        profile: Profile::Development,
        db: Db::new(DbOptions {
            app: database.app(),
            worker: database.worker(),
            max_connections: 8,
            ids: Arc::clone(&ids),
            clock: Arc::clone(&clock),
            keyring: Arc::clone(&keyring),
        }),
        ids,
        entropy,
        keyring,
        page_tokens: PageTokens::new(&pepper.derive("page-tokens")),
        pepper,
        head_signer: Arc::new(WorkloadSigner::of_key(
            keys.private[&service].clone(),
            keys.public.clone(),
        )),
        minter: keys.minter(service, Arc::clone(&clock)),
        verifier: Verifier::new(service, keys.public.clone(), Arc::clone(&clock)),
        // Nobody listens there until a test says so.
        peers: Service::ALL
            .into_iter()
            .map(|service| (service, http::Uri::from_static("http://127.0.0.1:9")))
            .collect(),
        clock,
    }
}
