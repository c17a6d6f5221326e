//! The service on a port of its own, in front of a template service that renders by rote.

use crate::policies::PolicyFeed;
use crate::templates::serve_templates;
use bitewing_auth::{Caller, Service};
use bitewing_conversation::{Backoff, Deps, MIGRATOR, Sending, Trust, serve};
use bitewing_core::{Ids as _, SystemIds};
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_proto::conversation::channel_account_service_client::ChannelAccountServiceClient;
use bitewing_proto::conversation::clinic_service_client::ClinicServiceClient;
use bitewing_proto::conversation::dispatch_service_client::DispatchServiceClient;
use bitewing_proto::conversation::message_service_client::MessageServiceClient;
use bitewing_proto::conversation::sandbox_service_client::SandboxServiceClient;
use bitewing_proto::template::TemplateKind;
use bitewing_runtime::{Base, Profile};
use bitewing_testkit::{FakeClock, StubProvider, TestBase, TestCaller};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

/// Where the gateway would be reached.
pub(crate) const PUBLIC_URL: &str = "https://clinics.example";
/// How long something that happens in the background may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Harness {
    pub(crate) test: TestBase,
    pub(crate) address: SocketAddr,
    pub(crate) channel: Channel,
    pub(crate) caller: Caller,
    pub(crate) clinic: pb::Clinic,
    policies: PolicyFeed,
    stop: CancellationToken,
    _stop: DropGuard,
}

/// Times that let a test see retries without waiting for them.
pub(crate) fn quick() -> Sending {
    Sending {
        sandbox_fallback: true,
        call_timeout: Duration::from_millis(400),
        settle: Duration::from_millis(50),
        lease: Duration::from_secs(5),
        mail_timeout: Duration::from_secs(2),
        mail_rest: Duration::from_secs(30),
        backoff: Backoff {
            base: Duration::from_millis(20),
            cap: Duration::from_millis(100),
        },
    }
}

impl Harness {
    /// The service in development, an organization and a clinic.
    pub(crate) async fn start() -> Self {
        Self::start_with(Profile::Development, quick()).await
    }

    pub(crate) async fn start_with(profile: Profile, sending: Sending) -> Self {
        Self::start_trusting(profile, sending, Trust::default()).await
    }

    /// The service, with authorities of the test's own for mail servers.
    pub(crate) async fn start_trusting(profile: Profile, sending: Sending, trust: Trust) -> Self {
        let stop = CancellationToken::new();
        let mut test = TestBase::new(Service::Conversation, &MIGRATOR).await;
        test.base.profile = profile;
        let stack = test
            .keys
            .stack(Service::Template, Arc::<FakeClock>::clone(&test.clock));
        let policies = PolicyFeed::default();
        let templates = serve_templates(stack, policies.clone(), &stop).await;
        test.set_peer(Service::Template, templates);
        let deps = Deps {
            trust,
            ..deps(test.base.clone(), sending)
        };
        let (address, channel) = spawn(deps, &stop).await;
        let caller = TestCaller::fresh();
        let mut harness = Self {
            test,
            address,
            channel,
            caller,
            clinic: pb::Clinic::default(),
            policies,
            stop: stop.clone(),
            _stop: stop.drop_guard(),
        };
        let caller = harness.caller.clone();
        harness.clinic = harness.create_clinic(&caller).await;
        harness
    }

    pub(crate) fn clinics(&self) -> ClinicServiceClient<Channel> {
        ClinicServiceClient::new(self.channel.clone())
    }

    pub(crate) fn accounts(&self) -> ChannelAccountServiceClient<Channel> {
        ChannelAccountServiceClient::new(self.channel.clone())
    }

    pub(crate) fn messages(&self) -> MessageServiceClient<Channel> {
        MessageServiceClient::new(self.channel.clone())
    }

    pub(crate) fn dispatch(&self) -> DispatchServiceClient<Channel> {
        DispatchServiceClient::new(self.channel.clone())
    }

    pub(crate) fn sandbox(&self) -> SandboxServiceClient<Channel> {
        SandboxServiceClient::new(self.channel.clone())
    }

    /// A request as the gateway forwards it.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.request_as(&self.caller, message)
    }

    pub(crate) fn request_as<T>(&self, caller: &Caller, message: T) -> Request<T> {
        self.test.request(Service::Gateway, Some(caller), message)
    }

    /// A request as secure-document makes it.
    pub(crate) fn peer_request<T>(&self, message: T) -> Request<T> {
        self.test
            .request(Service::SecureDocument, Some(&self.caller), message)
    }

    pub(crate) async fn create_clinic(&self, caller: &Caller) -> pb::Clinic {
        let request = pb::CreateClinicRequest {
            clinic: Some(riverside()),
            ..Default::default()
        };
        let answer = self
            .clinics()
            .create_clinic(self.request_as(caller, request))
            .await
            .unwrap();
        answer.into_inner().clinic.unwrap()
    }

    /// An account at a stub provider, for every channel.
    pub(crate) async fn create_account(
        &self,
        provider: &StubProvider,
        contract: pb::RepeatContract,
    ) -> pb::ChannelAccount {
        let request = pb::CreateChannelAccountRequest {
            channel_account: Some(http_account(&provider.endpoint(), contract)),
            request_id: String::new(),
        };
        let answer = self
            .accounts()
            .create_channel_account(self.request(request))
            .await
            .unwrap();
        answer.into_inner().channel_account.unwrap()
    }

    /// A code by text message, under a fresh name.
    pub(crate) fn code(&self) -> pb::SendTransactionalRequest {
        pb::SendTransactionalRequest {
            kind: TemplateKind::DocumentCode.into(),
            channel: pb::Channel::Sms.into(),
            clinic_id: self.clinic.clinic_id.clone(),
            language: "fr-CA".to_owned(),
            address: "(514) 873-1234".to_owned(),
            secret: "482913".to_owned(),
            request_id: SystemIds.next().to_string(),
            ..Default::default()
        }
    }

    pub(crate) async fn send(
        &self,
        request: pb::SendTransactionalRequest,
    ) -> Result<pb::Message, Status> {
        let answer = self
            .dispatch()
            .send_transactional(self.peer_request(request))
            .await?;
        Ok(answer.into_inner().message.unwrap())
    }

    pub(crate) async fn get(&self, id: &str) -> Result<pb::Message, Status> {
        let request = pb::GetMessageRequest {
            message_id: id.to_owned(),
        };
        Ok(self
            .messages()
            .get_message(self.request(request))
            .await?
            .into_inner()
            .message
            .unwrap())
    }

    /// The message, once it is in a state.
    pub(crate) async fn wait_for(&self, id: &str, state: pb::MessageState) -> pb::Message {
        self.wait_until(id, |message| message.state() == state)
            .await
    }

    /// The message, once it is as wanted.
    pub(crate) async fn wait_until(
        &self,
        id: &str,
        wanted: impl Fn(&pb::Message) -> bool,
    ) -> pb::Message {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.get(id).await.unwrap();
            if wanted(&message) {
                return message;
            }
            let seen = (message.state().as_str_name(), message.reason);
            assert!(Instant::now() < deadline, "still {seen:?}");
            tokio::task::yield_now().await;
        }
    }

    /// Another layer of the chain's policy, once the service knows it.
    pub(crate) async fn tell_policy(&self, toml: &str) {
        let version = self.policies.tell(self.caller.organization(), toml);
        let known = "SELECT coalesce(max(version), 0)::bigint FROM guard_policies";
        self.wait_for_count(known, version).await;
    }

    /// Waits until a query counts so many rows.
    pub(crate) async fn wait_for_count(&self, query: &'static str, rows: i64) {
        let deadline = Instant::now() + PATIENCE;
        while self.count(query).await != rows {
            assert!(Instant::now() < deadline, "not {rows} rows");
            tokio::task::yield_now().await;
        }
    }

    /// Everything on the organization's sandbox.
    pub(crate) async fn arrived(&self) -> Vec<pb::SandboxMessage> {
        let request = pb::ListSandboxMessagesRequest::default();
        let answer = self
            .sandbox()
            .list_sandbox_messages(self.request(request))
            .await
            .unwrap();
        answer.into_inner().messages
    }

    /// Statements no policy binds.
    pub(crate) async fn tamper(&self, statements: &'static str) {
        use sqlx::ConnectOptions as _;
        let mut admin = self.test.database.admin().connect().await.unwrap();
        sqlx::raw_sql(statements).execute(&mut admin).await.unwrap();
    }

    /// A number no policy hides.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        use sqlx::{ConnectOptions as _, Row as _};
        let mut admin = self.test.database.admin().connect().await.unwrap();
        sqlx::raw_sql(query)
            .fetch_one(&mut admin)
            .await
            .unwrap()
            .get(0)
    }

    /// Every event told so far, as a peer's feed reads it.
    pub(crate) async fn events(&self) -> Vec<bitewing_proto::feed::FeedEvent> {
        use bitewing_proto::feed::feed_service_client::FeedServiceClient;
        let request = bitewing_proto::feed::PullEventsRequest {
            limit: 1000,
            wait_milliseconds: 2000,
            ..Default::default()
        };
        let mut client = FeedServiceClient::new(self.channel.clone());
        let request = self.test.request(Service::Gateway, None, request);
        client
            .pull_events(request)
            .await
            .unwrap()
            .into_inner()
            .events
    }

    /// The types of events about a resource, once the last of them is there.
    pub(crate) async fn events_of(&self, resource: &str, last: &str) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let events = self
                .events()
                .await
                .into_iter()
                .filter(|event| event.resource == resource);
            let types: Vec<_> = events.map(|event| event.event_type).collect();
            if types.last().is_some_and(|event| event == last) {
                return types;
            }
            assert!(Instant::now() < deadline, "no {last} among {types:?}");
            tokio::task::yield_now().await;
        }
    }
}

/// A process of the service over a base of the test's own making.
pub(crate) async fn spawn_twin(h: &Harness, base: Base, sending: Sending) -> Channel {
    spawn(deps(base, sending), &h.stop).await.1
}

async fn spawn(deps: Deps, stop: &CancellationToken) -> (SocketAddr, Channel) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(deps, listener, stop.clone()));
    let channel = Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy();
    (address, channel)
}

fn deps(base: Base, sending: Sending) -> Deps {
    Deps {
        base,
        sending,
        public_url: PUBLIC_URL.parse().unwrap(),
        trust: Trust::default(),
        guard: bitewing_guard_desk::Desk::new(None),
    }
}

pub(crate) fn riverside() -> pb::Clinic {
    pb::Clinic {
        display_name: "Clinic Riverside".to_owned(),
        time_zone: "America/Montreal".to_owned(),
        phone: "514 873 0000".to_owned(),
        region: "CA".to_owned(),
        language: "fr-CA".to_owned(),
        address: "1 River Street, Montreal".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn http_account(endpoint: &str, contract: pb::RepeatContract) -> pb::ChannelAccount {
    pb::ChannelAccount {
        display_name: "Texts and mails".to_owned(),
        channels: vec![
            pb::Channel::Sms.into(),
            pb::Channel::Email.into(),
            pb::Channel::Voice.into(),
        ],
        settings: Some(Settings::Http(pb::HttpSettings {
            sender: "+15148730001".to_owned(),
            endpoint: endpoint.to_owned(),
            repeat_contract: contract.into(),
            credential: "hush-hush".to_owned(),
        })),
        ..Default::default()
    }
}

/// Any account.
pub(crate) async fn create_account_of(
    h: &Harness,
    account: pb::ChannelAccount,
) -> Result<pb::ChannelAccount, Status> {
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(account),
        ..Default::default()
    };
    let answer = h
        .accounts()
        .create_channel_account(h.request(request))
        .await?;
    Ok(answer.into_inner().channel_account.unwrap())
}

/// The code and the stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info();
    (
        status.code(),
        info.map(|info| info.reason).unwrap_or_default(),
    )
}

/// The paths a refusal names.
pub(crate) fn paths(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request();
    let violations = details
        .map(|details| details.field_violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

/// The paths a refusal names, and what it says of each.
pub(crate) fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_details_bad_request();
    let violations = details.map(|details| details.field_violations);
    let pair = |violation: tonic_types::FieldViolation| (violation.field, violation.description);
    violations
        .unwrap_or_default()
        .into_iter()
        .map(pair)
        .collect()
}

/// What distinguishes two refusals on the wire.
pub(crate) fn bytes(status: &Status) -> (Code, String, Vec<u8>) {
    (
        status.code(),
        status.message().to_owned(),
        status.details().to_vec(),
    )
}

/// A provider with a promise, and the same promise as the API says it.
pub(crate) async fn provider(
    h: &Harness,
    contract: pb::RepeatContract,
) -> (Arc<StubProvider>, pb::ChannelAccount) {
    use bitewing_testkit::provider::RepeatPromise;
    let promise = match contract {
        pb::RepeatContract::Keyed => RepeatPromise::Keyed,
        pb::RepeatContract::Queryable => RepeatPromise::Queryable,
        pb::RepeatContract::None | pb::RepeatContract::Unspecified => RepeatPromise::None,
    };
    let stub = Arc::new(StubProvider::start(promise).await.unwrap());
    let account = h.create_account(&stub, contract).await;
    (stub, account)
}
