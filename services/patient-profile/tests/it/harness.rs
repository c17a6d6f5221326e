//! The service on a port of its own, with the feeds of conversation and gateway written by the test.

use bitewing_auth::{Caller, Service};
use bitewing_core::{ClinicId, Ids as _, OrganizationId, SystemIds};
use bitewing_patient_profile::{Deps, MIGRATOR, serve};
use bitewing_proto::feed as feed_pb;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_service_client::PatientServiceClient;
use bitewing_runtime::feed::to_struct;
use bitewing_testkit::{TestBase, TestCaller};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;

pub(crate) struct Harness {
    pub(crate) test: TestBase,
    pub(crate) channel: Channel,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) caller: Caller,
    pub(crate) clinic: ClinicId,
    conversation: Feed,
    gateway: Feed,
    _stop: DropGuard,
}

impl Harness {
    /// The service, an organization and a clinic in Canada.
    pub(crate) async fn start() -> Self {
        let stop = CancellationToken::new();
        let mut test = TestBase::new(Service::PatientProfile, &MIGRATOR).await;
        let conversation = Feed::serve(&mut test, Service::Conversation, &stop).await;
        let gateway = Feed::serve(&mut test, Service::Gateway, &stop).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let deps = Deps {
            base: test.base.clone(),
            public_url: bitewing_runtime::page::PublicUrl::default(),
        };
        tokio::spawn(serve(deps, listener, stop.clone()));
        let channel = Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        let caller = TestCaller::fresh();
        let clinic = conversation.add_clinic(caller.organization(), "CA");
        Self {
            test,
            channel,
            address,
            caller,
            clinic,
            conversation,
            gateway,
            _stop: stop.drop_guard(),
        }
    }

    /// Another clinic of an organization, already in conversation's feed.
    pub(crate) fn add_clinic(&self, caller: &Caller, region: &str) -> ClinicId {
        self.conversation.add_clinic(caller.organization(), region)
    }

    /// What conversation tells of the clinic: its name, number and language.
    pub(crate) fn tell_clinic(&self, clinic: ClinicId, language: &str, phone: &str) {
        let payload = json!({
            "display_name": "Clinique du Parc", "phone": phone, "region": "CA", "language": language,
        });
        let organization = self.caller.organization();
        self.conversation
            .push(organization, "clinic.updated", clinic.to_string(), payload);
    }

    /// What conversation tells of a message that failed.
    pub(crate) fn tell_failure(&self, message: &str, payload: Value) {
        let organization = self.caller.organization();
        self.conversation
            .push(organization, "message.failed", message.to_owned(), payload);
    }

    /// A request to the page, as the gateway forwards it: in nobody's name.
    pub(crate) fn http(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let clock = Arc::<bitewing_testkit::FakeClock>::clone(&self.test.clock);
        let minter = self.test.keys.minter(Service::Gateway, clock);
        let token = minter.mint(None, Service::PatientProfile);
        let url = format!("http://{}{path}", self.address);
        reqwest::Client::new()
            .request(method, url)
            .bearer_auth(token)
    }

    /// A setting of the organization, in the gateway's feed.
    pub(crate) fn set_visibility(&self, caller: &Caller, visibility: &str) {
        let payload = json!({
            "display_name": "Chain", "slug": "chain", "default_language": "fr",
            "patient_visibility": visibility, "allowed_regions": ["CA"],
        });
        let organization = caller.organization();
        self.gateway.push(
            organization,
            "organization.updated",
            organization.to_string(),
            payload,
        );
    }

    pub(crate) fn client(&self) -> PatientServiceClient<Channel> {
        PatientServiceClient::new(self.channel.clone())
    }

    /// A request as the gateway forwards it.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.request_as(&self.caller, message)
    }

    pub(crate) fn request_as<T>(&self, caller: &Caller, message: T) -> Request<T> {
        self.test.request(Service::Gateway, Some(caller), message)
    }

    /// A patient who can be written to.
    pub(crate) fn anne(&self) -> pb::Patient {
        pb::Patient {
            external_ids: vec![external_id("opendental", "1234")],
            clinic_id: self.clinic.to_string(),
            given_name: "Anne".to_owned(),
            family_name: "Côté".to_owned(),
            language: "fr-CA".to_owned(),
            contact_points: vec![phone("(514) 873-1234"), email("Anne.Cote@Example.org")],
            ..Default::default()
        }
    }

    pub(crate) async fn create(&self, patient: pb::Patient) -> Result<pb::Patient, Status> {
        let request = pb::CreatePatientRequest {
            patient: Some(patient),
            request_id: String::new(),
        };
        let answer = self.client().create_patient(self.request(request)).await?;
        Ok(answer.into_inner().patient.unwrap())
    }

    pub(crate) async fn get(&self, caller: &Caller, id: &str) -> Result<pb::Patient, Status> {
        let request = pb::GetPatientRequest {
            patient_id: id.to_owned(),
        };
        let answer = self
            .client()
            .get_patient(self.request_as(caller, request))
            .await?;
        Ok(answer.into_inner().patient.unwrap())
    }
}

pub(crate) fn external_id(system: &str, value: &str) -> pb::ExternalId {
    pb::ExternalId {
        system: system.to_owned(),
        value: value.to_owned(),
    }
}

pub(crate) fn phone(value: &str) -> pb::ContactPoint {
    pb::ContactPoint {
        kind: pb::ContactPointKind::Phone.into(),
        value: value.to_owned(),
        ..Default::default()
    }
}

pub(crate) fn email(value: &str) -> pb::ContactPoint {
    pb::ContactPoint {
        kind: pb::ContactPointKind::Email.into(),
        value: value.to_owned(),
        ..Default::default()
    }
}

/// The code and the stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    (
        status.code(),
        status
            .get_details_error_info()
            .map(|info| info.reason)
            .unwrap_or_default(),
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

/// A peer that serves nothing but a feed.
#[derive(Clone, Default)]
struct Feed(Arc<Mutex<Vec<feed_pb::FeedEvent>>>);

impl Feed {
    async fn serve(test: &mut TestBase, service: Service, stop: &CancellationToken) -> Self {
        let feed = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        test.set_peer(service, listener.local_addr().unwrap());
        let mut routes = tonic::service::RoutesBuilder::default();
        routes.add_service(FeedServiceServer::new(feed.clone()));
        let stack = test.keys.stack(
            service,
            Arc::<bitewing_testkit::FakeClock>::clone(&test.clock),
        );
        let routes = stack.wrap(routes.routes().into_axum_router());
        tokio::spawn(bitewing_rpc::serve(routes, listener, stop.clone()));
        feed
    }

    fn push(
        &self,
        organization: OrganizationId,
        event_type: &str,
        resource: String,
        payload: Value,
    ) {
        let mut events = self.0.lock().unwrap();
        let position = i64::try_from(events.len()).unwrap() + 1;
        events.push(feed_pb::FeedEvent {
            position,
            event_id: bitewing_core::EventId::from_uuid(SystemIds.next()).to_string(),
            organization_id: organization.to_string(),
            event_type: event_type.to_owned(),
            resource,
            payload: Some(to_struct(payload)),
            ..Default::default()
        });
    }

    fn add_clinic(&self, organization: OrganizationId, region: &str) -> ClinicId {
        let clinic = ClinicId::from_uuid(SystemIds.next());
        let payload = json!({ "region": region });
        self.push(organization, "clinic.created", clinic.to_string(), payload);
        clinic
    }
}

#[tonic::async_trait]
impl FeedService for Feed {
    async fn pull_events(
        &self,
        request: Request<feed_pb::PullEventsRequest>,
    ) -> Result<Response<feed_pb::PullEventsResponse>, Status> {
        let after = request.into_inner().after_position;
        let events = self.0.lock().unwrap();
        let events = events
            .iter()
            .filter(|event| event.position > after)
            .cloned()
            .collect();
        Ok(Response::new(feed_pb::PullEventsResponse { events }))
    }
}

/// Asks again until there is an answer: what travels by a feed arrives in the background.
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "it never arrived");
        tokio::task::yield_now().await;
    }
}
