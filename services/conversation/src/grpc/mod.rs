//! One file per RPC; this one only wires them.

mod approve_message;
mod audit;
mod convert;
mod convert_account;
mod convert_account_mask;
mod convert_mask;
mod create_channel_account;
mod create_clinic;
mod disable_channel_account;
mod get_channel_account;
mod get_clinic;
mod get_clinic_logo;
mod get_message;
mod get_message_check;
mod guard;
mod ingest_webhook;
mod list_channel_accounts;
mod list_clinics;
mod list_messages;
mod list_sandbox_messages;
mod note;
mod patient;
mod read;
mod read_account;
mod read_twilio;
mod reject_message;
mod render;
mod resolve_message;
mod send_message;
mod send_transactional;
mod services;
mod set_clinic_logo;
mod test_channel_account;
mod update_channel_account;
mod update_clinic;

use crate::error::Error;
use crate::provider::Providers;
use crate::store::{Store, Tx};
use crate::webhook::Desk;
use crate::{Deps, Sending};
use bitewing_auth::Service;
use bitewing_proto::conversation::channel_account_service_server::ChannelAccountServiceServer;
use bitewing_proto::conversation::clinic_service_server::ClinicServiceServer;
use bitewing_proto::conversation::conversation_audit_service_server::ConversationAuditServiceServer;
use bitewing_proto::conversation::dispatch_service_server::DispatchServiceServer;
use bitewing_proto::conversation::inbound_service_server::InboundServiceServer;
use bitewing_proto::conversation::message_service_server::MessageServiceServer;
use bitewing_proto::conversation::sandbox_service_server::SandboxServiceServer;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_rpc::{Call, Peer};
use bitewing_runtime::{Base, Offer};

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    base: Base,
    store: Store,
    sending: Sending,
    template: Peer,
    patients: Peer,
    providers: Providers,
    desk: Desk,
    guard: guard::Guard,
}

impl Api {
    pub(crate) fn new(deps: &Deps, providers: Providers) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store::of(&deps.base),
            sending: deps.sending,
            template: deps.base.peer(Service::Template),
            patients: deps.base.peer(Service::PatientProfile),
            providers,
            desk: Desk::new(&deps.base, deps.hooks()),
            guard: guard::Guard::new(deps.guard.clone()),
        }
    }

    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                ClinicServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(ChannelAccountServiceServer::new(self.clone()))
            .add_service(
                MessageServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(DispatchServiceServer::new(self.clone()))
            .add_service(InboundServiceServer::new(self.clone()))
            .add_service(SandboxServiceServer::new(self.clone()))
            .add_service(ConversationAuditServiceServer::new(self.clone()));
    }

    async fn begin(&self, call: &Call) -> Result<Tx, Error> {
        self.store.begin(&call.scope()).await
    }
}
