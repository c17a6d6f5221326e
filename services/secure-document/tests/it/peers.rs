//! Fakes of the services secure-document calls, behind the same layers as the real ones.

use bitewing_auth::Service;
use bitewing_core::{ClinicId, EventId, Ids as _, MessageId, OrganizationId, SystemIds};
use bitewing_proto::conversation as conversation_pb;
use bitewing_proto::conversation::dispatch_service_server::{
    DispatchService, DispatchServiceServer,
};
use bitewing_proto::feed as feed_pb;
use bitewing_proto::feed::feed_service_server::{FeedService, FeedServiceServer};
use bitewing_proto::patient as patient_pb;
use bitewing_proto::patient::patient_service_server::{PatientService, PatientServiceServer};
use bitewing_rpc::{Failure, Kind, status};
use bitewing_runtime::feed::to_struct;
use bitewing_testkit::{FakeClock, TestBase};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

/// Serves a fake as a peer of the service under test.
pub(crate) async fn serve(
    test: &mut TestBase,
    service: Service,
    routes: RoutesBuilder,
    stop: &CancellationToken,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    test.set_peer(service, listener.local_addr().unwrap());
    let clock = Arc::<FakeClock>::clone(&test.clock);
    let routes = test
        .keys
        .stack(service, clock)
        .wrap(routes.routes().into_axum_router());
    tokio::spawn(bitewing_rpc::serve(routes, listener, stop.clone()));
}

/// A refusal of a fake.
#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused(Kind, &'static str);

impl Failure for Refused {
    fn kind(&self) -> Kind {
        self.0
    }
    fn reason(&self) -> &'static str {
        self.1
    }
}

/// A feed written by the test.
#[derive(Clone, Default)]
pub(crate) struct Feed(Arc<Mutex<Vec<feed_pb::FeedEvent>>>);

impl Feed {
    pub(crate) fn push(
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
            event_id: EventId::from_uuid(SystemIds.next()).to_string(),
            organization_id: organization.to_string(),
            event_type: event_type.to_owned(),
            resource,
            payload: Some(to_struct(payload)),
            ..Default::default()
        });
    }

    pub(crate) fn routes(&self) -> RoutesBuilder {
        let mut routes = RoutesBuilder::default();
        routes.add_service(FeedServiceServer::new(self.clone()));
        routes
    }

    /// A clinic, as conversation tells of it.
    pub(crate) fn add_clinic(&self, organization: OrganizationId) -> ClinicId {
        let clinic = ClinicId::from_uuid(SystemIds.next());
        let payload = json!({
            "display_name": "Clinique du Parc", "phone": "+15148731234", "region": "CA",
            "language": "fr", "time_zone": "America/Montreal",
        });
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

/// Conversation: keeps every letter, one per request id.
#[derive(Clone, Default)]
pub(crate) struct Conversation {
    pub(crate) feed: Feed,
    letters: Arc<Mutex<Vec<Letter>>>,
    refusing: Arc<Mutex<bool>>,
    landlines: Arc<Mutex<bool>>,
    texts_refused: Arc<Mutex<usize>>,
}

/// A letter handed over.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) message_id: String,
    pub(crate) request: conversation_pb::SendTransactionalRequest,
}

impl Conversation {
    pub(crate) async fn serve(test: &mut TestBase, stop: &CancellationToken) -> Self {
        let fake = Self::default();
        let mut routes = fake.feed.routes();
        routes.add_service(DispatchServiceServer::new(fake.clone()));
        serve(test, Service::Conversation, routes, stop).await;
        fake
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    pub(crate) fn refuse(&self, refusing: bool) {
        *self.refusing.lock().unwrap() = refusing;
    }

    /// Finds out that every phone is a landline.
    pub(crate) fn call_only(&self) {
        *self.landlines.lock().unwrap() = true;
    }

    /// How many texts it refused for the sake of landlines.
    pub(crate) fn texts_refused(&self) -> usize {
        *self.texts_refused.lock().unwrap()
    }

    fn message(id: &str) -> conversation_pb::Message {
        conversation_pb::Message {
            message_id: id.to_owned(),
            state: conversation_pb::MessageState::Queued.into(),
            ..Default::default()
        }
    }
}

#[tonic::async_trait]
impl DispatchService for Conversation {
    async fn send_transactional(
        &self,
        request: Request<conversation_pb::SendTransactionalRequest>,
    ) -> Result<Response<conversation_pb::SendTransactionalResponse>, Status> {
        if *self.refusing.lock().unwrap() {
            return Err(status(&Refused(Kind::Unavailable, "UNAVAILABLE")));
        }
        let request = request.into_inner();
        let text = request.channel() == conversation_pb::Channel::Sms;
        if text && *self.landlines.lock().unwrap() {
            *self.texts_refused.lock().unwrap() += 1;
            return Err(status(&Refused(Kind::Precondition, "PHONE_IS_LANDLINE")));
        }
        let mut letters = self.letters.lock().unwrap();
        let known = letters
            .iter()
            .find(|letter| letter.request.request_id == request.request_id);
        let id = if let Some(letter) = known {
            letter.message_id.clone()
        } else {
            let id = MessageId::from_uuid(SystemIds.next()).to_string();
            letters.push(Letter {
                message_id: id.clone(),
                request,
            });
            id
        };
        let message = Some(Self::message(&id));
        Ok(Response::new(conversation_pb::SendTransactionalResponse {
            message,
        }))
    }

    async fn get_dispatch(
        &self,
        request: Request<conversation_pb::GetDispatchRequest>,
    ) -> Result<Response<conversation_pb::GetDispatchResponse>, Status> {
        let message = Some(conversation_pb::Message {
            state: conversation_pb::MessageState::Delivered.into(),
            ..Self::message(&request.into_inner().message_id)
        });
        Ok(Response::new(conversation_pb::GetDispatchResponse {
            message,
        }))
    }
}

/// Patient-profile: knows the patients it is told of, each within its organization.
#[derive(Clone, Default)]
pub(crate) struct Patients(Arc<Mutex<HashMap<(OrganizationId, String), patient_pb::Patient>>>);

impl Patients {
    pub(crate) async fn serve(test: &mut TestBase, stop: &CancellationToken) -> Self {
        let fake = Self::default();
        let mut routes = RoutesBuilder::default();
        routes.add_service(PatientServiceServer::new(fake.clone()));
        serve(test, Service::PatientProfile, routes, stop).await;
        fake
    }

    pub(crate) fn put(&self, organization: OrganizationId, patient: patient_pb::Patient) {
        let key = (organization, patient.patient_id.clone());
        self.0.lock().unwrap().insert(key, patient);
    }
}

fn unused<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented(
        "secure-document asks for patients only",
    ))
}

#[tonic::async_trait]
impl PatientService for Patients {
    async fn get_patient(
        &self,
        request: Request<patient_pb::GetPatientRequest>,
    ) -> Result<Response<patient_pb::GetPatientResponse>, Status> {
        let (call, request) = bitewing_rpc::open(request)?;
        let patients = self.0.lock().unwrap();
        let patient = patients.get(&(call.organization(), request.patient_id));
        let patient =
            patient.ok_or_else(|| status(&Refused(Kind::NotFound, "PATIENT_NOT_FOUND")))?;
        Ok(Response::new(patient_pb::GetPatientResponse {
            patient: Some(patient.clone()),
        }))
    }

    async fn create_patient(
        &self,
        _: Request<patient_pb::CreatePatientRequest>,
    ) -> Result<Response<patient_pb::CreatePatientResponse>, Status> {
        unused()
    }

    async fn upsert_patient(
        &self,
        _: Request<patient_pb::UpsertPatientRequest>,
    ) -> Result<Response<patient_pb::UpsertPatientResponse>, Status> {
        unused()
    }

    async fn update_patient(
        &self,
        _: Request<patient_pb::UpdatePatientRequest>,
    ) -> Result<Response<patient_pb::UpdatePatientResponse>, Status> {
        unused()
    }

    async fn delete_patient(
        &self,
        _: Request<patient_pb::DeletePatientRequest>,
    ) -> Result<Response<patient_pb::DeletePatientResponse>, Status> {
        unused()
    }

    async fn undelete_patient(
        &self,
        _: Request<patient_pb::UndeletePatientRequest>,
    ) -> Result<Response<patient_pb::UndeletePatientResponse>, Status> {
        unused()
    }

    async fn list_patients(
        &self,
        _: Request<patient_pb::ListPatientsRequest>,
    ) -> Result<Response<patient_pb::ListPatientsResponse>, Status> {
        unused()
    }

    async fn search_patients(
        &self,
        _: Request<patient_pb::SearchPatientsRequest>,
    ) -> Result<Response<patient_pb::SearchPatientsResponse>, Status> {
        unused()
    }

    async fn mark_contact_point_verified(
        &self,
        _: Request<patient_pb::MarkContactPointVerifiedRequest>,
    ) -> Result<Response<patient_pb::MarkContactPointVerifiedResponse>, Status> {
        unused()
    }

    async fn mark_contact_point_unreachable(
        &self,
        _: Request<patient_pb::MarkContactPointUnreachableRequest>,
    ) -> Result<Response<patient_pb::MarkContactPointUnreachableResponse>, Status> {
        unused()
    }

    async fn list_closed_contact_points(
        &self,
        _: Request<patient_pb::ListClosedContactPointsRequest>,
    ) -> Result<Response<patient_pb::ListClosedContactPointsResponse>, Status> {
        unused()
    }

    async fn merge_patients(
        &self,
        _: Request<patient_pb::MergePatientsRequest>,
    ) -> Result<Response<patient_pb::MergePatientsResponse>, Status> {
        unused()
    }

    async fn unmerge_patients(
        &self,
        _: Request<patient_pb::UnmergePatientsRequest>,
    ) -> Result<Response<patient_pb::UnmergePatientsResponse>, Status> {
        unused()
    }

    async fn erase_patient(
        &self,
        _: Request<patient_pb::ErasePatientRequest>,
    ) -> Result<Response<patient_pb::ErasePatientResponse>, Status> {
        unused()
    }

    async fn get_erasure(
        &self,
        _: Request<patient_pb::GetErasureRequest>,
    ) -> Result<Response<patient_pb::GetErasureResponse>, Status> {
        unused()
    }

    async fn export_patient(
        &self,
        _: Request<patient_pb::ExportPatientRequest>,
    ) -> Result<Response<patient_pb::ExportPatientResponse>, Status> {
        unused()
    }
}
