//! RecallService: one file per RPC.

mod batch_upsert_recalls;
mod list_recalls;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::recall_service_server::RecallService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl RecallService for Api {
    async fn batch_upsert_recalls(
        &self,
        request: Request<pb::BatchUpsertRecallsRequest>,
    ) -> Result<Response<pb::BatchUpsertRecallsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            batch_upsert_recalls::run(self, &call, request).await?,
        ))
    }

    async fn list_recalls(
        &self,
        request: Request<pb::ListRecallsRequest>,
    ) -> Result<Response<pb::ListRecallsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_recalls::run(self, &call, request).await?,
        ))
    }
}
