//! Imports.

mod batch;
mod fhir;
mod finish_snapshot;
mod get_import_policy;
mod import_fhir;
mod import_patients;
mod permissions;
mod read;
mod row;
mod say;
mod unchanged;
mod update_import_policy;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_import_service_server::PatientImportService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status, Streaming};

#[async_trait]
impl PatientImportService for Api {
    type ImportPatientsStream = import_patients::Answers;

    async fn import_patients(
        &self,
        request: Request<Streaming<pb::ImportPatientsRequest>>,
    ) -> Result<Response<Self::ImportPatientsStream>, Status> {
        Ok(Response::new(import_patients::run(self, request)?))
    }

    async fn batch_import_patients(
        &self,
        request: Request<pb::BatchImportPatientsRequest>,
    ) -> Result<Response<pb::BatchImportPatientsResponse>, Status> {
        let (call, request) = open(request)?;
        let batch = read::batch(request.batch_id, request.validate_only, request.rows)?;
        let results = batch::run(self, &call, batch).await?;
        Ok(Response::new(pb::BatchImportPatientsResponse { results }))
    }

    type ImportFhirStream = import_fhir::Answers;

    async fn import_fhir(
        &self,
        request: Request<Streaming<pb::ImportFhirRequest>>,
    ) -> Result<Response<Self::ImportFhirStream>, Status> {
        Ok(Response::new(import_fhir::run(self, request)?))
    }

    async fn finish_snapshot(
        &self,
        request: Request<pb::FinishSnapshotRequest>,
    ) -> Result<Response<pb::FinishSnapshotResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            finish_snapshot::run(self, &call, request).await?,
        ))
    }

    async fn get_import_policy(
        &self,
        request: Request<pb::GetImportPolicyRequest>,
    ) -> Result<Response<pb::GetImportPolicyResponse>, Status> {
        let (call, _) = open(request)?;
        Ok(Response::new(get_import_policy::run(self, &call).await?))
    }

    async fn update_import_policy(
        &self,
        request: Request<pb::UpdateImportPolicyRequest>,
    ) -> Result<Response<pb::UpdateImportPolicyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_import_policy::run(self, &call, request).await?,
        ))
    }
}
