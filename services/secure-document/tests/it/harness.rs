//! The service on a port of its own, and its peers as fakes.

use crate::peers::{Conversation, Feed, Patients, serve as serve_peer};
use bitewing_auth::{Caller, Service};
use bitewing_core::{ClinicId, Ids as _, PatientId, SystemIds};
use bitewing_proto::document::document_audit_service_client::DocumentAuditServiceClient;
use bitewing_proto::document::document_service_client::DocumentServiceClient;
use bitewing_proto::document::link_service_client::LinkServiceClient;
use bitewing_proto::patient as patient_pb;
use bitewing_runtime::page::PublicUrl;
use bitewing_secure_document::blob::{BlobStore, Buffers};
use bitewing_secure_document::{CodeStops, Deps, MIGRATOR, serve};
use bitewing_testkit::{FakeClock, TestBase, TestCaller};
use object_store::memory::InMemory;
use reqwest::Method;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Request;
use tonic::transport::Channel;

pub(crate) use crate::answers::{paths, pdf, point, reason, until, why, wrong};
pub(crate) use crate::holder::{ELSEWHERE, HOME, Holder};

pub(crate) struct Harness {
    pub(crate) test: TestBase,
    pub(crate) address: SocketAddr,
    pub(crate) channel: Channel,
    pub(crate) caller: Caller,
    pub(crate) clinic: ClinicId,
    pub(crate) patient: PatientId,
    pub(crate) conversation: Conversation,
    pub(crate) gateway: Feed,
    pub(crate) patients: Patients,
    pub(crate) blobs: BlobStore,
    pub(crate) http: reqwest::Client,
    stop: CancellationToken,
    _stop: DropGuard,
}

impl Harness {
    /// The service, an organization, a clinic, and a patient with an e-mail address and a phone.
    pub(crate) async fn start() -> Self {
        Self::start_at(PublicUrl::default()).await
    }

    pub(crate) async fn start_at(public_url: PublicUrl) -> Self {
        let stop = CancellationToken::new();
        let mut test = TestBase::new(Service::SecureDocument, &MIGRATOR).await;
        let conversation = Conversation::serve(&mut test, &stop).await;
        let patients = Patients::serve(&mut test, &stop).await;
        let gateway = Feed::default();
        serve_peer(&mut test, Service::Gateway, gateway.routes(), &stop).await;
        let blobs = BlobStore::over(Arc::new(InMemory::new()));
        let address = listen(deps(&test, &blobs, public_url), &stop).await;
        let caller = TestCaller::fresh();
        let harness = Self {
            address,
            channel: channel(address),
            clinic: conversation.feed.add_clinic(caller.organization()),
            patient: PatientId::from_uuid(SystemIds.next()),
            caller,
            conversation,
            gateway,
            patients,
            blobs,
            http: reqwest::Client::new(),
            test,
            stop: stop.clone(),
            _stop: stop.drop_guard(),
        };
        harness.put_patient(|_| {});
        harness
    }

    /// What an instance over the same database and the same bytes stands on.
    pub(crate) fn deps(&self) -> Deps {
        deps(&self.test, &self.blobs, PublicUrl::default())
    }

    /// A second instance.
    pub(crate) async fn second_instance(&self) -> Channel {
        channel(listen(self.deps(), &self.stop).await)
    }

    /// Talks to another instance from here on.
    pub(crate) async fn use_instance(&mut self, deps: Deps) {
        self.address = listen(deps, &self.stop).await;
        self.channel = channel(self.address);
    }

    /// The same, with another clinic of the organization at hand.
    pub(crate) fn at_another_clinic(mut self) -> Self {
        self.clinic = self
            .conversation
            .feed
            .add_clinic(self.caller.organization());
        self
    }

    /// The patient as patient-profile shows it, changed.
    pub(crate) fn put_patient(&self, change: impl FnOnce(&mut patient_pb::Patient)) {
        let mut patient = patient_pb::Patient {
            patient_id: self.patient.to_string(),
            clinic_id: self.clinic.to_string(),
            given_name: "Anne".to_owned(),
            language: "fr".to_owned(),
            contact_points: vec![
                point(patient_pb::ContactPointKind::Email, "anne.cote@example.org"),
                point(patient_pb::ContactPointKind::Phone, "+15148735678"),
            ],
            ..Default::default()
        };
        change(&mut patient);
        self.patients.put(self.caller.organization(), patient);
    }

    pub(crate) fn documents(&self) -> DocumentServiceClient<Channel> {
        DocumentServiceClient::new(self.channel.clone())
    }

    pub(crate) fn links(&self) -> LinkServiceClient<Channel> {
        LinkServiceClient::new(self.channel.clone())
    }

    pub(crate) fn audit(&self) -> DocumentAuditServiceClient<Channel> {
        DocumentAuditServiceClient::new(self.channel.clone())
    }

    /// A request as the gateway forwards it.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.request_as(&self.caller, message)
    }

    pub(crate) fn request_as<T>(&self, caller: &Caller, message: T) -> Request<T> {
        self.test.request(Service::Gateway, Some(caller), message)
    }

    /// A plain HTTP request as the gateway forwards it, for a caller or for nobody.
    pub(crate) fn http(
        &self,
        method: Method,
        path: &str,
        caller: Option<&Caller>,
    ) -> reqwest::RequestBuilder {
        let clock = Arc::<FakeClock>::clone(&self.test.clock);
        let minter = self.test.keys.minter(Service::Gateway, clock);
        let token = minter.mint(caller, Service::SecureDocument);
        let url = format!("http://{}{path}", self.address);
        self.http.request(method, url).bearer_auth(token)
    }

    /// A setting of the organization, in the gateway's feed, once it has arrived.
    pub(crate) async fn set_regions(&self, regions: &[&str]) {
        let organization = self.caller.organization();
        let payload = json!({
            "display_name": "Chaîne dentaire", "slug": "chaine", "default_language": "fr",
            "patient_visibility": "SHARED", "allowed_regions": regions,
        });
        let resource = organization.to_string();
        self.gateway
            .push(organization, "organization.updated", resource, payload);
        let wanted = regions.join(",");
        let query = format!(
            "SELECT count(*) FROM organization_settings
             WHERE organization_id = '{}' AND array_to_string(allowed_regions, ',') = '{wanted}'",
            organization.uuid()
        );
        until(async || (self.count(&query).await == 1).then_some(())).await;
    }
}

fn deps(test: &TestBase, blobs: &BlobStore, public_url: PublicUrl) -> Deps {
    let mut base = test.twin();
    base.peers.clone_from(&test.base.peers);
    Deps {
        base,
        blobs: blobs.clone(),
        buffers: Buffers::new(4),
        public_url,
        stopped_codes: CodeStops::default(),
        patience: Duration::from_mins(2),
    }
}

/// Serves on a port of its own.
async fn listen(deps: Deps, stop: &CancellationToken) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(deps, listener, stop.clone()));
    address
}

fn channel(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy()
}
