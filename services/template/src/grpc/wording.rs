//! The RPCs of wordings, wired.

use super::{Api, list_wording_kinds, preview_wording, render_for_dispatch};
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::wording_service_server::WordingService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl WordingService for Api {
    async fn list_wording_kinds(
        &self,
        request: Request<pb::ListWordingKindsRequest>,
    ) -> Result<Response<pb::ListWordingKindsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(list_wording_kinds::run(
            self, &call, &request,
        )?))
    }

    async fn preview_wording(
        &self,
        request: Request<pb::PreviewWordingRequest>,
    ) -> Result<Response<pb::PreviewWordingResponse>, Status> {
        let (_, request) = open(request)?;
        Ok(Response::new(preview_wording::run(request)?))
    }

    async fn render_for_dispatch(
        &self,
        request: Request<pb::RenderForDispatchRequest>,
    ) -> Result<Response<pb::RenderForDispatchResponse>, Status> {
        let (_, request) = open(request)?;
        Ok(Response::new(render_for_dispatch::run(request)?))
    }
}
