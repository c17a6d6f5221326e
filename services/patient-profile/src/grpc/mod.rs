//! One file per RPC; this one only wires them.

pub(crate) mod address;
mod appointment;
mod audit;
mod balance;
mod caller;
mod clinic;
pub(crate) mod consent;
mod convert;
mod convert_mask;
mod create_patient;
mod delete_patient;
mod erase_patient;
mod export;
mod export_patient;
mod fhir;
mod fhir_kept;
mod get_erasure;
mod get_patient;
mod guide;
mod import;
mod kept_keys;
mod list_closed_contact_points;
mod list_patients;
mod mark_contact_point;
mod mark_contact_point_unreachable;
mod mark_contact_point_verified;
mod merge_patients;
mod mirror;
mod moment;
pub(crate) mod note;
mod page_key;
mod read;
mod read_points;
mod recall;
mod related;
mod search_patients;
mod set_deleted;
mod undelete_patient;
mod unmerge_patients;
mod update_patient;
mod upsert_patient;

pub(crate) use appointment::appointment_event;

use crate::error::Error;
use crate::store::{Store, Tx};
use crate::{Deps, feeds, pages};
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_server::AppointmentServiceServer;
use bitewing_proto::patient::balance_service_server::BalanceServiceServer;
use bitewing_proto::patient::caller_service_server::CallerServiceServer;
use bitewing_proto::patient::consent_service_server::ConsentServiceServer;
use bitewing_proto::patient::guide_service_server::GuideServiceServer;
use bitewing_proto::patient::patient_audit_service_server::{
    PatientAuditService, PatientAuditServiceServer,
};
use bitewing_proto::patient::patient_import_service_server::PatientImportServiceServer;
use bitewing_proto::patient::patient_service_server::{PatientService, PatientServiceServer};
use bitewing_proto::patient::recall_service_server::RecallServiceServer;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_rpc::{Call, open};
use bitewing_runtime::page::PublicUrl;
use bitewing_runtime::{Base, Offer};
use bitewing_store::feed::Consumer;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base: Base,
    pub(crate) store: Store,
    clinics: Arc<Consumer>,
    pub(crate) public_url: PublicUrl,
}

impl Api {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store {
                db: deps.base.db.clone(),
            },
            clinics: Arc::new(feeds::conversation_consumer(&deps.base)),
            public_url: deps.public_url.clone(),
        }
    }

    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                PatientServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                PatientImportServiceServer::new(self.clone())
                    .max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(PatientAuditServiceServer::new(self.clone()))
            .add_service(CallerServiceServer::new(self.clone()))
            .add_service(GuideServiceServer::new(self.clone()))
            .add_service(ConsentServiceServer::new(self.clone()))
            .add_service(
                AppointmentServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                RecallServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                BalanceServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            );
        offer.http = std::mem::take(&mut offer.http).merge(pages::routes(self.clone()));
    }

    async fn begin(&self, call: &Call) -> Result<Tx, Error> {
        self.store.begin(&call.scope()).await
    }
}

#[async_trait]
impl PatientService for Api {
    async fn create_patient(
        &self,
        request: Request<pb::CreatePatientRequest>,
    ) -> Result<Response<pb::CreatePatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_patient::run(self, &call, request).await?,
        ))
    }

    async fn upsert_patient(
        &self,
        request: Request<pb::UpsertPatientRequest>,
    ) -> Result<Response<pb::UpsertPatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            upsert_patient::run(self, &call, request).await?,
        ))
    }

    async fn get_patient(
        &self,
        request: Request<pb::GetPatientRequest>,
    ) -> Result<Response<pb::GetPatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_patient::run(self, &call, request).await?))
    }

    async fn update_patient(
        &self,
        request: Request<pb::UpdatePatientRequest>,
    ) -> Result<Response<pb::UpdatePatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_patient::run(self, &call, request).await?,
        ))
    }

    async fn delete_patient(
        &self,
        request: Request<pb::DeletePatientRequest>,
    ) -> Result<Response<pb::DeletePatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_patient::run(self, &call, request).await?,
        ))
    }

    async fn undelete_patient(
        &self,
        request: Request<pb::UndeletePatientRequest>,
    ) -> Result<Response<pb::UndeletePatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            undelete_patient::run(self, &call, request).await?,
        ))
    }

    async fn list_patients(
        &self,
        request: Request<pb::ListPatientsRequest>,
    ) -> Result<Response<pb::ListPatientsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_patients::run(self, &call, request).await?,
        ))
    }

    async fn search_patients(
        &self,
        request: Request<pb::SearchPatientsRequest>,
    ) -> Result<Response<pb::SearchPatientsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            search_patients::run(self, &call, request).await?,
        ))
    }

    async fn mark_contact_point_verified(
        &self,
        request: Request<pb::MarkContactPointVerifiedRequest>,
    ) -> Result<Response<pb::MarkContactPointVerifiedResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            mark_contact_point_verified::run(self, &call, request).await?,
        ))
    }

    async fn mark_contact_point_unreachable(
        &self,
        request: Request<pb::MarkContactPointUnreachableRequest>,
    ) -> Result<Response<pb::MarkContactPointUnreachableResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            mark_contact_point_unreachable::run(self, &call, request).await?,
        ))
    }

    async fn list_closed_contact_points(
        &self,
        request: Request<pb::ListClosedContactPointsRequest>,
    ) -> Result<Response<pb::ListClosedContactPointsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_closed_contact_points::run(self, &call, request).await?,
        ))
    }

    async fn merge_patients(
        &self,
        request: Request<pb::MergePatientsRequest>,
    ) -> Result<Response<pb::MergePatientsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            merge_patients::run(self, &call, request).await?,
        ))
    }

    async fn unmerge_patients(
        &self,
        request: Request<pb::UnmergePatientsRequest>,
    ) -> Result<Response<pb::UnmergePatientsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            unmerge_patients::run(self, &call, request).await?,
        ))
    }

    async fn erase_patient(
        &self,
        request: Request<pb::ErasePatientRequest>,
    ) -> Result<Response<pb::ErasePatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            erase_patient::run(self, &call, request).await?,
        ))
    }

    async fn get_erasure(
        &self,
        request: Request<pb::GetErasureRequest>,
    ) -> Result<Response<pb::GetErasureResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_erasure::run(self, &call, request).await?))
    }

    async fn export_patient(
        &self,
        request: Request<pb::ExportPatientRequest>,
    ) -> Result<Response<pb::ExportPatientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            export_patient::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl PatientAuditService for Api {
    async fn list_patient_audit_entries(
        &self,
        request: Request<pb::ListPatientAuditEntriesRequest>,
    ) -> Result<Response<pb::ListPatientAuditEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::list(self, &call, request).await?))
    }

    async fn verify_patient_audit_chain(
        &self,
        request: Request<pb::VerifyPatientAuditChainRequest>,
    ) -> Result<Response<pb::VerifyPatientAuditChainResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::verify(self, &call, request).await?))
    }
}
