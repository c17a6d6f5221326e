//! The service on a port of its own.

use bitewing_auth::{Caller, Service};
use bitewing_proto::feed::FeedEvent;
use bitewing_proto::feed::feed_service_client::FeedServiceClient;
use bitewing_proto::template as pb;
use bitewing_proto::template::template_service_client::TemplateServiceClient;
use bitewing_template::{Deps, MIGRATOR, serve};
use bitewing_testkit::{TestBase, TestCaller};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

pub(crate) struct Harness {
    pub(crate) test: TestBase,
    pub(crate) channel: Channel,
    pub(crate) caller: Caller,
    _stop: DropGuard,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        let stop = CancellationToken::new();
        let test = TestBase::new(Service::Template, &MIGRATOR).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let deps = Deps {
            base: test.base.clone(),
            public_url: bitewing_runtime::page::PublicUrl::default(),
            guard: bitewing_guard_desk::Desk::new(None),
        };
        tokio::spawn(serve(deps, listener, stop.clone()));
        let channel = Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        Self {
            test,
            channel,
            caller: TestCaller::fresh(),
            _stop: stop.drop_guard(),
        }
    }

    pub(crate) fn client(&self) -> TemplateServiceClient<Channel> {
        TemplateServiceClient::new(self.channel.clone())
    }

    /// A request as the gateway forwards it.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.request_as(&self.caller, message)
    }

    pub(crate) fn request_as<T>(&self, caller: &Caller, message: T) -> Request<T> {
        self.test.request(Service::Gateway, Some(caller), message)
    }

    /// A request as conversation makes it.
    pub(crate) fn peer_request<T>(&self, message: T) -> Request<T> {
        self.test
            .request(Service::Conversation, Some(&self.caller), message)
    }

    pub(crate) async fn create(&self, template: pb::Template) -> Result<pb::Template, Status> {
        let request = pb::CreateTemplateRequest {
            template: Some(template),
            request_id: String::new(),
        };
        let answer = self.client().create_template(self.request(request)).await?;
        Ok(answer.into_inner().template.unwrap())
    }

    pub(crate) async fn render(
        &self,
        request: pb::RenderTemplateRequest,
    ) -> Result<pb::RenderedMessage, Status> {
        let answer = self
            .client()
            .render_template(self.peer_request(request))
            .await?;
        Ok(answer.into_inner().message.unwrap())
    }

    /// Another process of the service over the same database, until it is dropped.
    pub(crate) async fn another_process(&self) -> DropGuard {
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let deps = Deps {
            base: self.test.base.clone(),
            public_url: bitewing_runtime::page::PublicUrl::default(),
            guard: bitewing_guard_desk::Desk::new(None),
        };
        tokio::spawn(serve(deps, listener, stop.clone()));
        stop.drop_guard()
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

    /// Every event told so far; waits a little for the first.
    pub(crate) async fn events(&self) -> Vec<FeedEvent> {
        let request = bitewing_proto::feed::PullEventsRequest {
            limit: 1000,
            wait_milliseconds: 5000,
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
}

/// A clinic's own words for a code by text message, in French.
pub(crate) fn own_code() -> pb::Template {
    pb::Template {
        kind: pb::TemplateKind::DocumentCode.into(),
        language: "fr-CA".to_owned(),
        channel: pb::TemplateChannel::Sms.into(),
        body: "Bonjour ! {{ secret }} ({{ clinic_name }})\n\n@{{ host }} #{{ secret }}".to_owned(),
        ..Default::default()
    }
}

/// A code by text message to render, in a language.
pub(crate) fn code(language: &str) -> pb::RenderTemplateRequest {
    let variables = [
        ("clinic_name", "Clinic Riverside"),
        ("host", "documents.example"),
    ];
    pb::RenderTemplateRequest {
        kind: pb::TemplateKind::DocumentCode.into(),
        language: language.to_owned(),
        channel: pb::TemplateChannel::Sms.into(),
        variables: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        secret_marker: "MARKER-1".to_owned(),
    }
}

/// The code and the stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info();
    (
        status.code(),
        info.map(|info| info.reason).unwrap_or_default(),
    )
}

/// The paths a refusal names, and what it says of them.
pub(crate) fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_details_bad_request();
    let violations = details
        .map(|details| details.field_violations)
        .unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| (violation.field, violation.description))
        .collect()
}

/// The paths a refusal names.
pub(crate) fn paths(status: &Status) -> Vec<String> {
    violations(status)
        .into_iter()
        .map(|(path, _)| path)
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
