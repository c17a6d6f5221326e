//! CallerService: one file per RPC.

mod block_caller;
mod convert;
mod list_blocks;
mod lookup_caller;
mod report_spam;
mod unblock_caller;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::caller_service_server::CallerService;
use bitewing_rpc::open;
use time::Duration;
use tonic::{Request, Response, Status};

/// How long a report of spam counts (own: numbers change hands).
const REPORTS: Duration = Duration::days(180);

#[async_trait]
impl CallerService for Api {
    async fn lookup_caller(
        &self,
        request: Request<pb::LookupCallerRequest>,
    ) -> Result<Response<pb::LookupCallerResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            lookup_caller::run(self, &call, request).await?,
        ))
    }

    async fn report_spam(
        &self,
        request: Request<pb::ReportSpamRequest>,
    ) -> Result<Response<pb::ReportSpamResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(report_spam::run(self, &call, request).await?))
    }

    async fn block_caller(
        &self,
        request: Request<pb::BlockCallerRequest>,
    ) -> Result<Response<pb::BlockCallerResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            block_caller::run(self, &call, request).await?,
        ))
    }

    async fn unblock_caller(
        &self,
        request: Request<pb::UnblockCallerRequest>,
    ) -> Result<Response<pb::UnblockCallerResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            unblock_caller::run(self, &call, request).await?,
        ))
    }

    async fn list_blocks(
        &self,
        request: Request<pb::ListBlocksRequest>,
    ) -> Result<Response<pb::ListBlocksResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(list_blocks::run(self, &call, request).await?))
    }
}
