//! The guard as an API: one file per RPC.

mod analyze_inbound;
mod check_language;
mod check_message;
mod convert;
mod create_guard_feedback;
mod delete_guard_feedback;
mod export_guard_feedback;
mod get_guard_policy;
mod list_guard_feedback;
mod list_guard_policy_versions;
mod policy;
mod read;
mod update_guard_policy;

use super::Api;
use crate::Deps;
use async_trait::async_trait;
use bitewing_guard_desk::{Desk, Policies};
use bitewing_proto::template as pb;
use bitewing_proto::template::guard_service_server::{GuardService, GuardServiceServer};
use bitewing_rpc::open;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_runtime::Offer;
use tonic::{Request, Response, Status};

/// The guard's RPCs.
#[derive(Clone)]
pub(crate) struct GuardApi {
    api: Api,
    desk: Desk,
    policies: Policies,
}

impl GuardApi {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            api: Api::new(deps),
            desk: deps.guard.clone(),
            policies: Policies::default(),
        }
    }

    pub(crate) fn offer(self, offer: &mut Offer) {
        let service = GuardServiceServer::new(self).max_decoding_message_size(MAX_MESSAGE);
        offer.grpc.add_service(service);
    }
}

#[async_trait]
impl GuardService for GuardApi {
    async fn check_message(
        &self,
        request: Request<pb::CheckMessageRequest>,
    ) -> Result<Response<pb::CheckMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            check_message::run(self, &call, request).await?,
        ))
    }

    async fn analyze_inbound(
        &self,
        request: Request<pb::AnalyzeInboundRequest>,
    ) -> Result<Response<pb::AnalyzeInboundResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            analyze_inbound::run(self, &call, request).await?,
        ))
    }

    async fn check_language(
        &self,
        request: Request<pb::CheckLanguageRequest>,
    ) -> Result<Response<pb::CheckLanguageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            check_language::run(self, &call, request).await?,
        ))
    }

    async fn get_guard_policy(
        &self,
        request: Request<pb::GetGuardPolicyRequest>,
    ) -> Result<Response<pb::GetGuardPolicyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_guard_policy::run(self, &call, request).await?,
        ))
    }

    async fn update_guard_policy(
        &self,
        request: Request<pb::UpdateGuardPolicyRequest>,
    ) -> Result<Response<pb::UpdateGuardPolicyResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_guard_policy::run(self, &call, request).await?,
        ))
    }

    async fn list_guard_policy_versions(
        &self,
        request: Request<pb::ListGuardPolicyVersionsRequest>,
    ) -> Result<Response<pb::ListGuardPolicyVersionsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_guard_policy_versions::run(self, &call, request).await?,
        ))
    }

    async fn create_guard_feedback(
        &self,
        request: Request<pb::CreateGuardFeedbackRequest>,
    ) -> Result<Response<pb::CreateGuardFeedbackResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_guard_feedback::run(self, &call, request).await?,
        ))
    }

    async fn list_guard_feedback(
        &self,
        request: Request<pb::ListGuardFeedbackRequest>,
    ) -> Result<Response<pb::ListGuardFeedbackResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_guard_feedback::run(self, &call, request).await?,
        ))
    }

    async fn export_guard_feedback(
        &self,
        request: Request<pb::ExportGuardFeedbackRequest>,
    ) -> Result<Response<pb::ExportGuardFeedbackResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            export_guard_feedback::run(self, &call, request).await?,
        ))
    }

    async fn delete_guard_feedback(
        &self,
        request: Request<pb::DeleteGuardFeedbackRequest>,
    ) -> Result<Response<pb::DeleteGuardFeedbackResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_guard_feedback::run(self, &call, request).await?,
        ))
    }
}
