//! One file per RPC; this one only wires them.

mod audit;
mod clinic;
mod convert;
mod convert_mask;
mod create_patient;
mod delete_patient;
mod get_patient;
mod list_patients;
mod read;
mod set_deleted;
mod undelete_patient;
mod update_patient;
mod upsert_patient;

use crate::error::Error;
use crate::store::{Store, Tx};
use crate::{Deps, feeds};
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_audit_service_server::{
    PatientAuditService, PatientAuditServiceServer,
};
use bitewing_proto::patient::patient_service_server::{PatientService, PatientServiceServer};
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_rpc::{Call, open};
use bitewing_runtime::{Base, Offer};
use bitewing_store::feed::Consumer;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    base: Base,
    store: Store,
    clinics: Arc<Consumer>,
}

impl Api {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store {
                db: deps.base.db.clone(),
            },
            clinics: Arc::new(feeds::clinic_consumer(&deps.base)),
        }
    }

    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                PatientServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(PatientAuditServiceServer::new(self.clone()));
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
