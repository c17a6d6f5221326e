//! GuideService: one file per RPC.

pub(super) mod convert;
mod get_communication_guide;
mod record_channel_answer;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::guide_service_server::GuideService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl GuideService for Api {
    async fn get_communication_guide(
        &self,
        request: Request<pb::GetCommunicationGuideRequest>,
    ) -> Result<Response<pb::GetCommunicationGuideResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_communication_guide::run(self, &call, request).await?,
        ))
    }

    async fn record_channel_answer(
        &self,
        request: Request<pb::RecordChannelAnswerRequest>,
    ) -> Result<Response<pb::RecordChannelAnswerResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            record_channel_answer::run(self, &call, request).await?,
        ))
    }
}
