//! The RPCs of instructions, wired.

mod approve_instruction;
mod convert;
mod create_instruction;
mod decide;
mod get_instruction;
mod issue_instruction;
mod issued;
mod list_instruction_issues;
mod list_instruction_versions;
mod list_instructions;
mod note;
mod read;
mod record_instruction_receipt;
mod reject_instruction;
mod retire_instruction;
mod update_instruction;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::instruction_service_server::InstructionService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl InstructionService for Api {
    async fn create_instruction(
        &self,
        request: Request<pb::CreateInstructionRequest>,
    ) -> Result<Response<pb::CreateInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_instruction::run(self, &call, request).await?,
        ))
    }

    async fn update_instruction(
        &self,
        request: Request<pb::UpdateInstructionRequest>,
    ) -> Result<Response<pb::UpdateInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_instruction::run(self, &call, request).await?,
        ))
    }

    async fn get_instruction(
        &self,
        request: Request<pb::GetInstructionRequest>,
    ) -> Result<Response<pb::GetInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_instruction::run(self, &call, request).await?,
        ))
    }

    async fn list_instructions(
        &self,
        request: Request<pb::ListInstructionsRequest>,
    ) -> Result<Response<pb::ListInstructionsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_instructions::run(self, &call, request).await?,
        ))
    }

    async fn list_instruction_versions(
        &self,
        request: Request<pb::ListInstructionVersionsRequest>,
    ) -> Result<Response<pb::ListInstructionVersionsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_instruction_versions::run(self, &call, request).await?,
        ))
    }

    async fn approve_instruction(
        &self,
        request: Request<pb::ApproveInstructionRequest>,
    ) -> Result<Response<pb::ApproveInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            approve_instruction::run(self, &call, request).await?,
        ))
    }

    async fn reject_instruction(
        &self,
        request: Request<pb::RejectInstructionRequest>,
    ) -> Result<Response<pb::RejectInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            reject_instruction::run(self, &call, request).await?,
        ))
    }

    async fn retire_instruction(
        &self,
        request: Request<pb::RetireInstructionRequest>,
    ) -> Result<Response<pb::RetireInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            retire_instruction::run(self, &call, request).await?,
        ))
    }

    async fn issue_instruction(
        &self,
        request: Request<pb::IssueInstructionRequest>,
    ) -> Result<Response<pb::IssueInstructionResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            issue_instruction::run(self, &call, request).await?,
        ))
    }

    async fn record_instruction_receipt(
        &self,
        request: Request<pb::RecordInstructionReceiptRequest>,
    ) -> Result<Response<pb::RecordInstructionReceiptResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            record_instruction_receipt::run(self, &call, request).await?,
        ))
    }

    async fn list_instruction_issues(
        &self,
        request: Request<pb::ListInstructionIssuesRequest>,
    ) -> Result<Response<pb::ListInstructionIssuesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_instruction_issues::run(self, &call, request).await?,
        ))
    }
}
