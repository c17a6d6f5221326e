//! One file per RPC; this one only wires them.

mod audit;
mod convert;
mod create_template;
mod delete_template;
mod get_template;
mod guard;
mod instruction;
mod list_templates;
mod note;
mod own;
mod owner;
mod preview_template;
mod price;
mod read;
mod render_template;
mod said;
mod scenario;
mod speak;
mod update_template;
mod whats_app;

pub(crate) use guard::GuardApi;

use crate::Deps;
use crate::error::Error;
use crate::store::{Store, Tx};
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::instruction_service_server::InstructionServiceServer;
use bitewing_proto::template::own_wording_service_server::OwnWordingServiceServer;
use bitewing_proto::template::price_service_server::PriceServiceServer;
use bitewing_proto::template::scenario_service_server::ScenarioServiceServer;
use bitewing_proto::template::template_audit_service_server::{
    TemplateAuditService, TemplateAuditServiceServer,
};
use bitewing_proto::template::template_service_server::{TemplateService, TemplateServiceServer};
use bitewing_proto::template::whats_app_template_service_server::WhatsAppTemplateServiceServer;
use bitewing_proto::template::wording_service_server::WordingServiceServer;
use bitewing_rpc::server::MAX_MESSAGE;
use bitewing_rpc::{Call, open};
use bitewing_runtime::{Base, Offer};
use tonic::{Request, Response, Status};

/// The service's RPCs.
#[derive(Clone)]
pub(crate) struct Api {
    base: Base,
    store: Store,
}

impl Api {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            base: deps.base.clone(),
            store: Store {
                db: deps.base.db.clone(),
            },
        }
    }

    pub(crate) fn offer(&self, offer: &mut Offer) {
        offer
            .grpc
            .add_service(
                TemplateServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                WordingServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                OwnWordingServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                WhatsAppTemplateServiceServer::new(self.clone())
                    .max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                ScenarioServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                InstructionServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                PriceServiceServer::new(self.clone()).max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(TemplateAuditServiceServer::new(self.clone()));
    }

    async fn begin(&self, call: &Call) -> Result<Tx, Error> {
        self.store.begin(&call.scope()).await
    }
}

#[async_trait]
impl TemplateService for Api {
    async fn create_template(
        &self,
        request: Request<pb::CreateTemplateRequest>,
    ) -> Result<Response<pb::CreateTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_template::run(self, &call, request).await?,
        ))
    }

    async fn get_template(
        &self,
        request: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::GetTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_template::run(self, &call, request).await?,
        ))
    }

    async fn update_template(
        &self,
        request: Request<pb::UpdateTemplateRequest>,
    ) -> Result<Response<pb::UpdateTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_template::run(self, &call, request).await?,
        ))
    }

    async fn delete_template(
        &self,
        request: Request<pb::DeleteTemplateRequest>,
    ) -> Result<Response<pb::DeleteTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_template::run(self, &call, request).await?,
        ))
    }

    async fn list_templates(
        &self,
        request: Request<pb::ListTemplatesRequest>,
    ) -> Result<Response<pb::ListTemplatesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_templates::run(self, &call, request).await?,
        ))
    }

    async fn preview_template(
        &self,
        request: Request<pb::PreviewTemplateRequest>,
    ) -> Result<Response<pb::PreviewTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            preview_template::run(self, &call, request).await?,
        ))
    }

    async fn render_template(
        &self,
        request: Request<pb::RenderTemplateRequest>,
    ) -> Result<Response<pb::RenderTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            render_template::run(self, &call, request).await?,
        ))
    }
}

#[async_trait]
impl TemplateAuditService for Api {
    async fn list_template_audit_entries(
        &self,
        request: Request<pb::ListTemplateAuditEntriesRequest>,
    ) -> Result<Response<pb::ListTemplateAuditEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::list(self, &call, request).await?))
    }

    async fn verify_template_audit_chain(
        &self,
        request: Request<pb::VerifyTemplateAuditChainRequest>,
    ) -> Result<Response<pb::VerifyTemplateAuditChainResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(audit::verify(self, &call, request).await?))
    }
}
