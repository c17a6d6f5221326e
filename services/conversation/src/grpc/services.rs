//! The generated traits: every RPC leads to its file.

use super::{
    Api, approve_message, audit, create_channel_account, create_clinic, disable_channel_account,
    get_channel_account, get_clinic, get_clinic_logo, get_message, get_message_check,
    ingest_webhook, list_channel_accounts, list_clinics, list_messages, list_sandbox_messages,
    reject_message, resolve_message, send_message, send_transactional, set_clinic_logo,
    test_channel_account, update_channel_account, update_clinic,
};
use async_trait::async_trait;
use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account_service_server::ChannelAccountService;
use bitewing_proto::conversation::clinic_service_server::ClinicService;
use bitewing_proto::conversation::conversation_audit_service_server::ConversationAuditService;
use bitewing_proto::conversation::dispatch_service_server::DispatchService;
use bitewing_proto::conversation::inbound_service_server::InboundService;
use bitewing_proto::conversation::message_service_server::MessageService;
use bitewing_proto::conversation::sandbox_service_server::SandboxService;
use bitewing_rpc::{open, open_public};
use tonic::{Request, Response, Status};

#[async_trait]
impl ClinicService for Api {
    async fn create_clinic(
        &self,
        request: Request<pb::CreateClinicRequest>,
    ) -> Result<Response<pb::CreateClinicResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_clinic::run(self, &call, request).await?,
        ))
    }

    async fn get_clinic(
        &self,
        request: Request<pb::GetClinicRequest>,
    ) -> Result<Response<pb::GetClinicResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_clinic::run(self, &call, request).await?))
    }

    async fn update_clinic(
        &self,
        request: Request<pb::UpdateClinicRequest>,
    ) -> Result<Response<pb::UpdateClinicResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_clinic::run(self, &call, request).await?,
        ))
    }

    async fn list_clinics(
        &self,
        request: Request<pb::ListClinicsRequest>,
    ) -> Result<Response<pb::ListClinicsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_clinics::run(self, &call, request).await?,
        ))
    }

    async fn set_clinic_logo(
        &self,
        request: Request<pb::SetClinicLogoRequest>,
    ) -> Result<Response<pb::SetClinicLogoResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            set_clinic_logo::run(self, &call, request).await?,
        ))
    }

    async fn get_clinic_logo(
        &self,
        request: Request<pb::GetClinicLogoRequest>,
    ) -> Result<Response<pb::GetClinicLogoResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_clinic_logo::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl ChannelAccountService for Api {
    async fn create_channel_account(
        &self,
        request: Request<pb::CreateChannelAccountRequest>,
    ) -> Result<Response<pb::CreateChannelAccountResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_channel_account::run(self, &call, request).await?,
        ))
    }

    async fn get_channel_account(
        &self,
        request: Request<pb::GetChannelAccountRequest>,
    ) -> Result<Response<pb::GetChannelAccountResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_channel_account::run(self, &call, request).await?,
        ))
    }

    async fn list_channel_accounts(
        &self,
        request: Request<pb::ListChannelAccountsRequest>,
    ) -> Result<Response<pb::ListChannelAccountsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_channel_accounts::run(self, &call, request).await?,
        ))
    }

    async fn update_channel_account(
        &self,
        request: Request<pb::UpdateChannelAccountRequest>,
    ) -> Result<Response<pb::UpdateChannelAccountResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_channel_account::run(self, &call, request).await?,
        ))
    }

    async fn disable_channel_account(
        &self,
        request: Request<pb::DisableChannelAccountRequest>,
    ) -> Result<Response<pb::DisableChannelAccountResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            disable_channel_account::run(self, &call, request).await?,
        ))
    }

    async fn test_channel_account(
        &self,
        request: Request<pb::TestChannelAccountRequest>,
    ) -> Result<Response<pb::TestChannelAccountResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            test_channel_account::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl MessageService for Api {
    async fn get_message(
        &self,
        request: Request<pb::GetMessageRequest>,
    ) -> Result<Response<pb::GetMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_message::run(self, &call, request).await?))
    }

    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_messages::run(self, &call, request).await?,
        ))
    }

    async fn resolve_message(
        &self,
        request: Request<pb::ResolveMessageRequest>,
    ) -> Result<Response<pb::ResolveMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            resolve_message::run(self, &call, request).await?,
        ))
    }

    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::SendMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            send_message::run(self, &call, request).await?,
        ))
    }

    async fn get_message_check(
        &self,
        request: Request<pb::GetMessageCheckRequest>,
    ) -> Result<Response<pb::GetMessageCheckResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_message_check::run(self, &call, request).await?,
        ))
    }

    async fn approve_message(
        &self,
        request: Request<pb::ApproveMessageRequest>,
    ) -> Result<Response<pb::ApproveMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            approve_message::run(self, &call, request).await?,
        ))
    }

    async fn reject_message(
        &self,
        request: Request<pb::RejectMessageRequest>,
    ) -> Result<Response<pb::RejectMessageResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            reject_message::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl DispatchService for Api {
    async fn send_transactional(
        &self,
        request: Request<pb::SendTransactionalRequest>,
    ) -> Result<Response<pb::SendTransactionalResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            send_transactional::run(self, &call, request).await?,
        ))
    }

    async fn get_dispatch(
        &self,
        request: Request<pb::GetDispatchRequest>,
    ) -> Result<Response<pb::GetDispatchResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_message::dispatch(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl InboundService for Api {
    async fn ingest_webhook(
        &self,
        request: Request<pb::IngestWebhookRequest>,
    ) -> Result<Response<pb::IngestWebhookResponse>, Status> {
        // Nobody of an organization calls: whose request it is, its path tells.
        let (request_id, request) = open_public(request)?;
        Ok(Response::new(
            ingest_webhook::run(self, request_id, request).await?,
        ))
    }
}

#[async_trait]
impl SandboxService for Api {
    async fn list_sandbox_messages(
        &self,
        request: Request<pb::ListSandboxMessagesRequest>,
    ) -> Result<Response<pb::ListSandboxMessagesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_sandbox_messages::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl ConversationAuditService for Api {
    async fn list_conversation_audit_entries(
        &self,
        request: Request<pb::ListConversationAuditEntriesRequest>,
    ) -> Result<Response<pb::ListConversationAuditEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::list(self, &call, request).await?))
    }

    async fn verify_conversation_audit_chain(
        &self,
        request: Request<pb::VerifyConversationAuditChainRequest>,
    ) -> Result<Response<pb::VerifyConversationAuditChainResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::verify(self, &call, request).await?))
    }
}
