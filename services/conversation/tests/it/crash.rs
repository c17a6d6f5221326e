//! The real binary, killed again and again while it sends.

use crate::harness::{http_account, reason, riverside};
use crate::templates::serve_templates;
use bitewing_auth::{Caller, KeySet, Minter, Service, SigningKey, Verifier};
use bitewing_conversation::MIGRATOR;
use bitewing_core::{Clock, SystemClock, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account_service_client::ChannelAccountServiceClient;
use bitewing_proto::conversation::clinic_service_client::ClinicServiceClient;
use bitewing_proto::conversation::dispatch_service_client::DispatchServiceClient;
use bitewing_proto::conversation::message_service_client::MessageServiceClient;
use bitewing_proto::template::TemplateKind;
use bitewing_rpc::Stack;
use bitewing_testkit::provider::{Fault, RepeatPromise, SeededEntropy};
use bitewing_testkit::{StubProvider, TestCaller, TestDatabase};
use sqlx::ConnectOptions as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Code, Request};

const MESSAGES: usize = 1_000;
/// The process is killed whenever this many more messages arrived on the phone.
const KILL_EVERY: usize = 150;
const PATIENCE: Duration = Duration::from_mins(2);

/// The workload keys of an installation, and its variables.
struct Installation {
    keys: BTreeMap<Service, SigningKey>,
    database: TestDatabase,
    address: SocketAddr,
    templates: SocketAddr,
    logs: PathBuf,
}

impl Installation {
    async fn new(stop: &CancellationToken) -> Self {
        let keys: BTreeMap<_, _> = Service::ALL
            .into_iter()
            .map(|service| (service, SigningKey::generate()))
            .collect();
        let known = keys
            .iter()
            .fold(KeySet::default(), |known, (service, key)| {
                known.with(*service, &key.public()).unwrap()
            });
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let verifier = Verifier::new(Service::Template, known, clock);
        let stack = Stack {
            service: Service::Template,
            verifier,
            ids: Arc::new(SystemIds),
        };
        let templates = serve_templates(stack, crate::policies::PolicyFeed::default(), stop).await;
        let migrators = [&bitewing_store::MIGRATOR, &MIGRATOR];
        let database = TestDatabase::create("conversation", &migrators).await;
        let address = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let logs = std::env::temp_dir().join(format!("bitewing-crash-{}.log", std::process::id()));
        Self {
            keys,
            database,
            address,
            templates,
            logs,
        }
    }

    fn start(&self) -> Child {
        let public: BTreeMap<_, _> = self
            .keys
            .iter()
            .map(|(service, key)| (service.name(), [key.public()]))
            .collect();
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.logs)
            .unwrap();
        Command::new(env!("CARGO_BIN_EXE_bitewing-conversation"))
            .env("CONVERSATION_LISTEN", self.address.to_string())
            .env(
                "CONVERSATION_DATABASE_URL",
                self.database.app().to_url_lossy().as_str(),
            )
            .env(
                "CONVERSATION_WORKER_DATABASE_URL",
                self.database.worker().to_url_lossy().as_str(),
            )
            .env(
                "CONVERSATION_WORKLOAD_KEY",
                self.keys[&Service::Conversation].reveal().expose(),
            )
            .env(
                "BITEWING_WORKLOAD_KEYS",
                serde_json::to_string(&public).unwrap(),
            )
            .env("BITEWING_KEYRING", format!("1:{}=", "A".repeat(43)))
            .env("BITEWING_PEPPER", format!("{}=", "A".repeat(43)))
            .env("TEMPLATE_URL", format!("http://{}", self.templates))
            .env("CONVERSATION_SEND_LEASE_SECONDS", "1")
            .env("CONVERSATION_CALL_TIMEOUT_SECONDS", "2")
            .env("BITEWING_LOG", "debug")
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address))
            .unwrap()
            .connect_lazy()
    }

    fn request<T>(&self, from: Service, caller: &Caller, message: T) -> Request<T> {
        let minter = Minter::new(from, self.keys[&from].clone(), Arc::new(SystemClock));
        let token = minter.mint(Some(caller), Service::Conversation);
        let mut request = Request::new(message);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }
}

/// Repeats a call until the process that is to answer it lives long enough.
macro_rules! until_answered {
    ($call:expr) => {{
        let deadline = Instant::now() + PATIENCE;
        loop {
            match $call.await {
                Ok(answer) => break answer.into_inner(),
                Err(status) => {
                    let gone = matches!(
                        status.code(),
                        Code::Unavailable | Code::Unknown | Code::Cancelled
                    );
                    assert!(
                        gone && Instant::now() < deadline,
                        "{:?} {status}",
                        reason(&status)
                    );
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_over_and_over_it_loses_nothing_and_sends_nothing_twice() {
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let installation = Arc::new(Installation::new(&stop).await);
    let stub = Arc::new(StubProvider::start(RepeatPromise::Keyed).await.unwrap());
    let faults = [
        Fault::AcceptThenReset,
        Fault::FailAfterAccept,
        Fault::FailBeforeAccept,
    ];
    stub.faults.by_chance(3, &faults, SeededEntropy::new(21));
    let caller = TestCaller::fresh();
    let mut process = installation.start();

    let account = pb::CreateChannelAccountRequest {
        channel_account: Some(http_account(&stub.endpoint(), pb::RepeatContract::Keyed)),
        request_id: String::new(),
    };
    let channel = installation.channel();
    until_answered!(
        ChannelAccountServiceClient::new(channel.clone()).create_channel_account(
            installation.request(Service::Gateway, &caller, account.clone())
        )
    );
    let clinic = pb::CreateClinicRequest {
        clinic: Some(riverside()),
        ..Default::default()
    };
    let clinic = until_answered!(
        ClinicServiceClient::new(channel.clone()).create_clinic(installation.request(
            Service::Gateway,
            &caller,
            clinic.clone()
        ))
    );
    let clinic = clinic.clinic.unwrap().clinic_id;

    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for _ in 0..8 {
        let (installation, caller, next) =
            (Arc::clone(&installation), caller.clone(), Arc::clone(&next));
        let (channel, clinic) = (channel.clone(), clinic.clone());
        senders.spawn(async move {
            let mut sent = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MESSAGES {
                    return sent;
                }
                let request = pb::SendTransactionalRequest {
                    kind: TemplateKind::DocumentCode.into(),
                    channel: pb::Channel::Sms.into(),
                    clinic_id: clinic.clone(),
                    language: "en".to_owned(),
                    address: "+15148731234".to_owned(),
                    secret: format!("CANARY-{number}"),
                    request_id: format!("message-{number}"),
                    ..Default::default()
                };
                let answer = until_answered!(
                    DispatchServiceClient::new(channel.clone()).send_transactional(
                        installation.request(Service::SecureDocument, &caller, request.clone())
                    )
                );
                sent.push(answer.message.unwrap().message_id);
            }
        });
    }

    let mut kills = 0;
    let deadline = Instant::now() + PATIENCE;
    let mut look = interval(Duration::from_millis(5));
    loop {
        look.tick().await;
        let arrived = stub.ledger.arrivals().len();
        if arrived >= MESSAGES {
            break;
        }
        if arrived / KILL_EVERY > kills {
            process.kill().await.unwrap();
            kills += 1;
            process = installation.start();
        }
        assert!(Instant::now() < deadline, "{arrived} of {MESSAGES} arrived");
    }
    assert!(kills >= 5, "killed {kills} times only");
    let sent: BTreeSet<String> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(sent.len(), MESSAGES);

    // The phone has every message, once; the service knows it.
    let arrivals = stub.ledger.arrivals();
    assert!(
        arrivals.keys().eq(sent.iter()),
        "nothing was lost, nothing came from nowhere"
    );
    assert!(
        arrivals.values().all(|times| *times == 1),
        "nothing arrived twice"
    );
    loop {
        look.tick().await;
        let request = pb::ListMessagesRequest {
            state: pb::MessageState::Accepted.into(),
            page_size: 1_000,
            ..Default::default()
        };
        let page = until_answered!(
            MessageServiceClient::new(channel.clone()).list_messages(installation.request(
                Service::Gateway,
                &caller,
                request.clone()
            ))
        );
        if page.messages.len() == MESSAGES {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "{} are known to be accepted",
            page.messages.len()
        );
    }
    process.kill().await.unwrap();
    let logs = std::fs::read_to_string(&installation.logs).unwrap();
    assert!(
        logs.contains("serving"),
        "the logs are those of the process"
    );
    for canary in ["CANARY-", "+15148731234", "hush-hush"] {
        assert!(!logs.contains(canary), "a canary is in the logs");
    }
    std::fs::remove_file(&installation.logs).unwrap();
}
