//! What is said to patients: kinds, previews, rendering.

mod convert;
mod create_wording_kind;
mod delete_wording_kind;
mod list_wording_kinds;
mod preview_wording;
pub(super) mod read;
mod render_batch;
mod render_for_dispatch;
pub(super) mod said;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::wording_service_server::WordingService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status, Streaming};

#[async_trait]
impl WordingService for Api {
    async fn list_wording_kinds(
        &self,
        request: Request<pb::ListWordingKindsRequest>,
    ) -> Result<Response<pb::ListWordingKindsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_wording_kinds::run(self, &call, &request).await?,
        ))
    }

    async fn create_wording_kind(
        &self,
        request: Request<pb::CreateWordingKindRequest>,
    ) -> Result<Response<pb::CreateWordingKindResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_wording_kind::run(self, &call, request).await?,
        ))
    }

    async fn delete_wording_kind(
        &self,
        request: Request<pb::DeleteWordingKindRequest>,
    ) -> Result<Response<pb::DeleteWordingKindResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_wording_kind::run(self, &call, &request).await?,
        ))
    }

    async fn preview_wording(
        &self,
        request: Request<pb::PreviewWordingRequest>,
    ) -> Result<Response<pb::PreviewWordingResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            preview_wording::run(self, &call, request).await?,
        ))
    }

    async fn render_for_dispatch(
        &self,
        request: Request<pb::RenderForDispatchRequest>,
    ) -> Result<Response<pb::RenderForDispatchResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            render_for_dispatch::run(self, &call, request).await?,
        ))
    }

    type RenderBatchStream = render_batch::Answers;

    async fn render_batch(
        &self,
        request: Request<Streaming<pb::RenderBatchRequest>>,
    ) -> Result<Response<Self::RenderBatchStream>, Status> {
        Ok(Response::new(render_batch::run(self, request)?))
    }
}
