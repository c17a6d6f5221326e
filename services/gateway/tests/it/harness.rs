//! A gateway on two ports of its own, and the organizations a test makes in it.

use crate::fake::{Feed, SecureDocument};
use bitewing_auth::{Service, SigningKey};
use bitewing_gateway::{Deps, EdgeConfig, Listeners, MIGRATOR, serve};
use bitewing_proto::identity as pb;
use bitewing_proto::identity::api_client_service_client::ApiClientServiceClient;
use bitewing_proto::identity::event_service_client::EventServiceClient;
use bitewing_proto::identity::organization_service_client::OrganizationServiceClient;
use bitewing_proto::identity::token_service_client::TokenServiceClient;
use bitewing_proto::identity::user_service_client::UserServiceClient;
use bitewing_testkit::TestBase;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

pub(crate) const OPERATOR_SECRET: &str = "the operator's secret of a test";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Harness {
    pub(crate) test: TestBase,
    pub(crate) config: EdgeConfig,
    pub(crate) url: String,
    pub(crate) internal: SocketAddr,
    pub(crate) channel: Channel,
    pub(crate) http: reqwest::Client,
    pub(crate) documents: SecureDocument,
    pub(crate) conversation: Feed,
    pub(crate) stop: CancellationToken,
    pub(crate) served: Option<JoinHandle<anyhow::Result<()>>>,
    _stop: DropGuard,
}

/// A chain and its first API client.
#[derive(Clone)]
pub(crate) struct Chain {
    pub(crate) organization_id: String,
    pub(crate) slug: String,
    pub(crate) client_id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A gateway that is told something else than the defaults.
    pub(crate) async fn with(change: impl FnOnce(&mut EdgeConfig)) -> Self {
        let stop = CancellationToken::new();
        let mut test = TestBase::new(Service::Gateway, &MIGRATOR).await;
        let documents = SecureDocument::serve(&mut test, &stop).await;
        let conversation = Feed::serve(&mut test, Service::Conversation, &stop).await;
        let listeners = Listeners {
            internal: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            public: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        };
        let internal = listeners.internal.local_addr().unwrap();
        let url = format!("http://{}", listeners.public.local_addr().unwrap());
        test.set_peer(Service::Gateway, internal);

        let mut config = EdgeConfig::new(url.clone(), SigningKey::generate());
        config.operator_secret = Some(OPERATOR_SECRET.to_owned().into());
        // Every test calls from the same address.
        config.rates.address = "1000/1000".parse().unwrap();
        change(&mut config);
        let deps = Deps {
            base: test.base.clone(),
            edge: config.clone(),
        };
        let served = Some(tokio::spawn(serve(deps, listeners, stop.clone())));
        let channel = Channel::from_shared(url.clone()).unwrap().connect_lazy();
        Self {
            test,
            config,
            url,
            internal,
            channel,
            http: reqwest::Client::new(),
            documents,
            conversation,
            stop: stop.clone(),
            served,
            _stop: stop.drop_guard(),
        }
    }

    /// Calls an OAuth endpoint with a form.
    pub(crate) async fn form(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// An access token by client credentials.
    pub(crate) async fn token(&self, client_id: &str, secret: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", secret),
        ];
        let (status, answer) = self.form("/oauth2/token", &form).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn operator(&self) -> String {
        self.token("operator", OPERATOR_SECRET).await
    }

    /// A chain with its first client.
    pub(crate) async fn chain(&self, slug: &str) -> Chain {
        let request = pb::CreateOrganizationRequest {
            display_name: "Sourire".to_owned(),
            slug: slug.to_owned(),
            ..Default::default()
        };
        let operator = self.operator().await;
        let answer = self
            .organizations()
            .create_organization(with_token(&operator, request))
            .await;
        let answer = answer.unwrap().into_inner();
        let token = self.token(&answer.client_id, &answer.client_secret).await;
        Chain {
            organization_id: answer.organization.unwrap().organization_id,
            slug: slug.to_owned(),
            client_id: answer.client_id,
            secret: answer.client_secret,
            token,
        }
    }

    /// Sends JSON and reads JSON.
    pub(crate) async fn json(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let url = format!("{}{path}", self.url);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// An active user of a chain.
    pub(crate) async fn user(&self, chain: &Chain, email: &str, roles: &[i32]) -> String {
        let invited = self.invite(&chain.token, email, roles, &[]).await.unwrap();
        self.accept(&invited.invitation_token, PASSWORD)
            .await
            .unwrap();
        invited.user.unwrap().user_id
    }

    pub(crate) async fn invite(
        &self,
        token: &str,
        email: &str,
        roles: &[i32],
        clinics: &[String],
    ) -> Result<pb::InviteUserResponse, Status> {
        let request = pb::InviteUserRequest {
            email: email.to_owned(),
            display_name: "Anne".to_owned(),
            roles: roles.to_vec(),
            clinic_ids: clinics.to_vec(),
            ..Default::default()
        };
        let answer = self.users().invite_user(with_token(token, request)).await?;
        Ok(answer.into_inner())
    }

    pub(crate) async fn accept(&self, token: &str, password: &str) -> Result<pb::User, Status> {
        let request = pb::AcceptInvitationRequest {
            invitation_token: token.to_owned(),
            password: password.to_owned(),
        };
        let answer = self.users().accept_invitation(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }

    pub(crate) async fn sign_in(
        &self,
        slug: &str,
        email: &str,
        password: &str,
    ) -> Result<pb::SignInResponse, Status> {
        let request = pb::SignInRequest {
            organization: slug.to_owned(),
            email: email.to_owned(),
            password: password.to_owned(),
        };
        Ok(self.tokens().sign_in(request).await?.into_inner())
    }

    pub(crate) async fn refresh(&self, token: &str) -> Result<pb::RefreshSessionResponse, Status> {
        let request = pb::RefreshSessionRequest {
            refresh_token: token.to_owned(),
        };
        Ok(self.tokens().refresh_session(request).await?.into_inner())
    }

    /// What the organization's own settings call answers to a token.
    pub(crate) async fn try_token(&self, token: &str) -> Result<pb::Organization, Status> {
        let request = with_token(token, pb::GetOrganizationRequest {});
        let answer = self.organizations().get_organization(request).await?;
        Ok(answer.into_inner().organization.unwrap())
    }

    pub(crate) fn organizations(&self) -> OrganizationServiceClient<Channel> {
        OrganizationServiceClient::new(self.channel.clone())
    }

    pub(crate) fn clients(&self) -> ApiClientServiceClient<Channel> {
        ApiClientServiceClient::new(self.channel.clone())
    }

    pub(crate) fn users(&self) -> UserServiceClient<Channel> {
        UserServiceClient::new(self.channel.clone())
    }

    pub(crate) fn tokens(&self) -> TokenServiceClient<Channel> {
        TokenServiceClient::new(self.channel.clone())
    }

    pub(crate) fn events(&self) -> EventServiceClient<Channel> {
        EventServiceClient::new(self.channel.clone())
    }

    /// A client with some scopes and clinics, and a token of it.
    pub(crate) async fn client(
        &self,
        chain: &Chain,
        scopes: &[&str],
        clinics: &[String],
    ) -> (pb::ApiClient, String) {
        let request = pb::CreateApiClientRequest {
            display_name: "Narrow".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            clinic_ids: clinics.to_vec(),
            ..Default::default()
        };
        let answer = self
            .clients()
            .create_api_client(with_token(&chain.token, request))
            .await;
        let answer = answer.unwrap().into_inner();
        let client = answer.api_client.unwrap();
        let token = self.token(&client.client_id, &answer.client_secret).await;
        (client, token)
    }
}

pub(crate) fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
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

/// What a problem says that programs match on.
pub(crate) fn matched(problem: &Value) -> Value {
    json!([problem["status"], problem["code"], problem["reason"]])
}
