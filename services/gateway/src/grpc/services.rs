//! The RPCs of each service of the contract.

use super::{
    Api, accept_invitation, audit, create_api_client, create_organization, deactivate_user,
    delete_api_client, get_api_client, get_organization, get_user, invite_user, list_api_clients,
    list_events, list_users, refresh_session, rotate_api_client_secret, sign_in, sign_out,
    update_organization, watch_events,
};
use async_trait::async_trait;
use bitewing_proto::identity as pb;
use bitewing_proto::identity::admin_audit_service_server::AdminAuditService;
use bitewing_proto::identity::api_client_service_server::ApiClientService;
use bitewing_proto::identity::event_service_server::EventService;
use bitewing_proto::identity::organization_service_server::OrganizationService;
use bitewing_proto::identity::token_service_server::TokenService;
use bitewing_proto::identity::user_service_server::UserService;
use bitewing_rpc::{open, open_public};
use tonic::{Request, Response, Status};

#[async_trait]
impl OrganizationService for Api {
    async fn create_organization(
        &self,
        request: Request<pb::CreateOrganizationRequest>,
    ) -> Result<Response<pb::CreateOrganizationResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_organization::run(self, &call, request).await?,
        ))
    }

    async fn get_organization(
        &self,
        request: Request<pb::GetOrganizationRequest>,
    ) -> Result<Response<pb::GetOrganizationResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_organization::run(self, &call, request).await?,
        ))
    }

    async fn update_organization(
        &self,
        request: Request<pb::UpdateOrganizationRequest>,
    ) -> Result<Response<pb::UpdateOrganizationResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_organization::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl ApiClientService for Api {
    async fn create_api_client(
        &self,
        request: Request<pb::CreateApiClientRequest>,
    ) -> Result<Response<pb::CreateApiClientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_api_client::run(self, &call, request).await?,
        ))
    }

    async fn get_api_client(
        &self,
        request: Request<pb::GetApiClientRequest>,
    ) -> Result<Response<pb::GetApiClientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_api_client::run(self, &call, request).await?,
        ))
    }

    async fn list_api_clients(
        &self,
        request: Request<pb::ListApiClientsRequest>,
    ) -> Result<Response<pb::ListApiClientsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_api_clients::run(self, &call, request).await?,
        ))
    }

    async fn rotate_api_client_secret(
        &self,
        request: Request<pb::RotateApiClientSecretRequest>,
    ) -> Result<Response<pb::RotateApiClientSecretResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            rotate_api_client_secret::run(self, &call, request).await?,
        ))
    }

    async fn delete_api_client(
        &self,
        request: Request<pb::DeleteApiClientRequest>,
    ) -> Result<Response<pb::DeleteApiClientResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_api_client::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl UserService for Api {
    async fn invite_user(
        &self,
        request: Request<pb::InviteUserRequest>,
    ) -> Result<Response<pb::InviteUserResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(invite_user::run(self, &call, request).await?))
    }

    async fn accept_invitation(
        &self,
        request: Request<pb::AcceptInvitationRequest>,
    ) -> Result<Response<pb::AcceptInvitationResponse>, Status> {
        let (request_id, request) = open_public(request)?;
        Ok(Response::new(
            accept_invitation::run(self, request_id, request).await?,
        ))
    }

    async fn get_user(
        &self,
        request: Request<pb::GetUserRequest>,
    ) -> Result<Response<pb::GetUserResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_user::run(self, &call, request).await?))
    }

    async fn list_users(
        &self,
        request: Request<pb::ListUsersRequest>,
    ) -> Result<Response<pb::ListUsersResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(list_users::run(self, &call, request).await?))
    }

    async fn deactivate_user(
        &self,
        request: Request<pb::DeactivateUserRequest>,
    ) -> Result<Response<pb::DeactivateUserResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            deactivate_user::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl TokenService for Api {
    async fn sign_in(
        &self,
        request: Request<pb::SignInRequest>,
    ) -> Result<Response<pb::SignInResponse>, Status> {
        let (request_id, request) = open_public(request)?;
        Ok(Response::new(
            sign_in::run(self, request_id, request).await?,
        ))
    }

    async fn refresh_session(
        &self,
        request: Request<pb::RefreshSessionRequest>,
    ) -> Result<Response<pb::RefreshSessionResponse>, Status> {
        let (request_id, request) = open_public(request)?;
        Ok(Response::new(
            refresh_session::run(self, request_id, request).await?,
        ))
    }

    async fn sign_out(
        &self,
        request: Request<pb::SignOutRequest>,
    ) -> Result<Response<pb::SignOutResponse>, Status> {
        let (request_id, request) = open_public(request)?;
        Ok(Response::new(
            sign_out::run(self, request_id, request).await?,
        ))
    }
}

#[async_trait]
impl AdminAuditService for Api {
    async fn list_admin_audit_entries(
        &self,
        request: Request<pb::ListAdminAuditEntriesRequest>,
    ) -> Result<Response<pb::ListAdminAuditEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::list(self, &call, request).await?))
    }

    async fn verify_admin_audit_chain(
        &self,
        request: Request<pb::VerifyAdminAuditChainRequest>,
    ) -> Result<Response<pb::VerifyAdminAuditChainResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::verify(self, &call, request).await?))
    }
}

#[async_trait]
impl EventService for Api {
    async fn list_events(
        &self,
        request: Request<pb::ListEventsRequest>,
    ) -> Result<Response<pb::ListEventsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(list_events::run(self, &call, request).await?))
    }

    type WatchEventsStream = watch_events::Events;

    async fn watch_events(
        &self,
        request: Request<pb::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(watch_events::run(self, call, request).await?))
    }
}
