//! One file per RPC; this one and `services.rs` only wire them.

mod accept_invitation;
mod audit;
mod client;
mod convert;
mod create_api_client;
mod create_organization;
mod cursor;
mod deactivate_user;
mod delete_api_client;
mod get_api_client;
mod get_organization;
mod get_user;
mod invite_user;
mod list_api_clients;
mod list_events;
mod list_users;
mod read;
mod refresh_session;
mod rotate_api_client_secret;
mod secret;
mod services;
mod settings;
mod sign_in;
mod sign_out;
mod update_organization;
mod watch_events;

use crate::access_token::Denied;
use crate::error::Error;
use crate::feeds::Hub;
use crate::session_tokens::Sessions;
use crate::store::{Store, Tx};
use bitewing_proto::identity::admin_audit_service_server::AdminAuditServiceServer;
use bitewing_proto::identity::api_client_service_server::ApiClientServiceServer;
use bitewing_proto::identity::event_service_server::EventServiceServer;
use bitewing_proto::identity::organization_service_server::OrganizationServiceServer;
use bitewing_proto::identity::token_service_server::TokenServiceServer;
use bitewing_proto::identity::user_service_server::UserServiceServer;
use bitewing_rpc::Call;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_runtime::{Base, Offer};
use tokio_util::sync::CancellationToken;

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base: Base,
    pub(crate) store: Store,
    pub(crate) sessions: Sessions,
    pub(crate) denied: Denied,
    pub(crate) hub: Hub,
    /// Ends streams.
    pub(crate) stop: CancellationToken,
}

impl Api {
    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                OrganizationServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(ApiClientServiceServer::new(self.clone()))
            .add_service(UserServiceServer::new(self.clone()))
            .add_service(TokenServiceServer::new(self.clone()))
            .add_service(AdminAuditServiceServer::new(self.clone()))
            .add_service(EventServiceServer::new(self.clone()));
    }

    async fn begin(&self, call: &Call) -> Result<Tx, Error> {
        self.store.begin(&call.scope()).await
    }
}
