//! The services in this process, on ports of their own.

use super::Site;
use super::settings::{Databases, Settings};
use bitewing_auth::{Minter, Service, SigningKey};
use bitewing_core::SystemClock;
use bitewing_runtime::Environment;
use bitewing_runtime::config::prefix;
use bitewing_runtime::telemetry::{self, Telemetry};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once, OnceLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::{Mutex, oneshot};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

/// The threads services run on.
const THREADS: &str = "suite";
/// Clients of the test that ends cannot say goodbye while it waits here.
const GOODBYE: Duration = Duration::from_millis(500);

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Five running services and where they are.
pub(crate) struct Suite {
    pub(crate) site: Site,
    settings: Settings,
    addresses: BTreeMap<Service, SocketAddr>,
    stop: CancellationToken,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Suite {
    /// The suite tests share that make an organization of their own each; it ends with the last of them.
    pub(crate) async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Suite>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(running) = shared.upgrade() {
            return running;
        }
        let suite = Arc::new(Self::start(Settings::fresh().await).await);
        *shared = Arc::downgrade(&suite);
        suite
    }

    /// A suite of a test's own.
    pub(crate) async fn start(settings: Settings) -> Self {
        count_panics();
        listen_in();
        let stop = CancellationToken::new();
        let (ready, bound) = oneshot::channel();
        let (env, stopping) = (settings.environment(), stop.clone());
        let thread = thread::Builder::new().name(THREADS.to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .thread_name(THREADS)
                .enable_all()
                .build()?;
            let served = runtime.block_on(async {
                let suite = bitewing::suite::Suite::bind(env, &Service::ALL).await?;
                let addresses: BTreeMap<_, _> = Service::ALL
                    .into_iter()
                    .filter_map(|service| Some((service, suite.address(service)?)))
                    .collect();
                let _ = ready.send((suite.public(), addresses));
                tokio::select! {
                    served = suite.run(stopping.clone()) => served,
                    () = async { stopping.cancelled().await; tokio::time::sleep(GOODBYE).await } => Ok(()),
                }
            });
            runtime.shutdown_timeout(GOODBYE);
            served
        });
        let (public, addresses) = bound.await.expect("the ports are bound");
        let base = format!("http://{}", public.expect("the gateway listens"));
        let site = Site::new(&base, settings.get("GATEWAY_OPERATOR_SECRET"));
        let suite = Self {
            site,
            settings,
            addresses,
            stop,
            thread: Some(thread.unwrap()),
        };
        for service in Service::ALL {
            suite.wait_until_ready(service).await;
        }
        suite.site.wait_until_up().await;
        suite
    }

    /// Where a service listens for the others.
    pub(crate) fn address(&self, service: Service) -> SocketAddr {
        self.addresses[&service]
    }

    /// A connection to a service's own port, past the gateway.
    pub(crate) fn behind(&self, service: Service) -> Channel {
        let uri = format!("http://{}", self.address(service));
        Channel::from_shared(uri).unwrap().connect_lazy()
    }

    /// Signs internal tokens as one of the services would.
    pub(crate) fn minter(&self, service: Service) -> Minter {
        let key = self
            .settings
            .get(&format!("{}_WORKLOAD_KEY", prefix(service)));
        Minter::new(
            service,
            SigningKey::parse(key).unwrap(),
            Arc::new(SystemClock),
        )
    }

    /// The databases.
    pub(crate) const fn databases(&self) -> &Databases {
        &self.settings.databases
    }

    /// How often code of the services has panicked in this process.
    pub(crate) fn panics() -> usize {
        PANICS.load(Ordering::SeqCst)
    }

    /// Whether a service says that it can do its work.
    pub(crate) async fn is_ready(&self, service: Service) -> bool {
        let url = format!("http://{}/readyz", self.address(service));
        reqwest::get(url)
            .await
            .is_ok_and(|answer| answer.status().is_success())
    }

    async fn wait_until_ready(&self, service: Service) {
        super::eventually(&format!("the readiness of {service}"), async || {
            self.is_ready(service).await.then_some(())
        })
        .await;
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        self.stop.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended
                .expect("it is joined once")
                .expect("the services end in order")
                .unwrap();
        }
    }
}

/// Counts panics on the threads of services, beside reporting them as usual.
fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() == Some(THREADS) {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            report(info);
        }));
    });
}

/// Shows what services log where `BITEWING_LOG` says so; otherwise tests are quiet.
fn listen_in() {
    static TELEMETRY: OnceLock<Option<Telemetry>> = OnceLock::new();
    TELEMETRY.get_or_init(|| {
        let env = Environment::of_process();
        env.text("BITEWING_LOG").ok()??;
        telemetry::start("bitewing-tests", &env).ok()
    });
}
