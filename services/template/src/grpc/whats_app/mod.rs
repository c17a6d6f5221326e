//! What is registered at WhatsApp.

mod convert;
mod create_whats_app_template;
mod get_whats_app_template;
mod list_whats_app_templates;
mod report_whats_app_template;

use super::Api;
use crate::domain::whats_app::{Category, Registered, Standing};
use crate::error::Error;
use crate::store::Tx;
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::whats_app_template_service_server::WhatsAppTemplateService;
use bitewing_rpc::{Call, open};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;
use tonic::{Request, Response, Status};

#[async_trait]
impl WhatsAppTemplateService for Api {
    async fn create_whats_app_template(
        &self,
        request: Request<pb::CreateWhatsAppTemplateRequest>,
    ) -> Result<Response<pb::CreateWhatsAppTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_whats_app_template::run(self, &call, request).await?,
        ))
    }

    async fn get_whats_app_template(
        &self,
        request: Request<pb::GetWhatsAppTemplateRequest>,
    ) -> Result<Response<pb::GetWhatsAppTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_whats_app_template::run(self, &call, &request).await?,
        ))
    }

    async fn list_whats_app_templates(
        &self,
        request: Request<pb::ListWhatsAppTemplatesRequest>,
    ) -> Result<Response<pb::ListWhatsAppTemplatesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_whats_app_templates::run(self, &call, request).await?,
        ))
    }

    async fn report_whats_app_template(
        &self,
        request: Request<pb::ReportWhatsAppTemplateRequest>,
    ) -> Result<Response<pb::ReportWhatsAppTemplateResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            report_whats_app_template::run(self, &call, &request).await?,
        ))
    }
}

const fn category_of(category: pb::WhatsAppCategory) -> Option<Category> {
    match category {
        pb::WhatsAppCategory::Utility => Some(Category::Utility),
        pb::WhatsAppCategory::Marketing => Some(Category::Marketing),
        pb::WhatsAppCategory::Authentication => Some(Category::Authentication),
        pb::WhatsAppCategory::Unspecified => None,
    }
}

const fn standing_of(state: pb::WhatsAppState) -> Option<Standing> {
    match state {
        pb::WhatsAppState::Requested => Some(Standing::Requested),
        pb::WhatsAppState::Pending => Some(Standing::Pending),
        pb::WhatsAppState::Approved => Some(Standing::Approved),
        pb::WhatsAppState::Rejected => Some(Standing::Rejected),
        pb::WhatsAppState::Paused => Some(Standing::Paused),
        pb::WhatsAppState::Disabled => Some(Standing::Disabled),
        pb::WhatsAppState::Unspecified => None,
    }
}

/// What a change leaves behind: an event and a line of audit.
async fn note(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    template: &Registered,
) -> Result<(), Error> {
    let details = json!({
        "kind": template.kind,
        "locale": template.locale.tag(),
        "register": template.register.name(),
        "state": template.standing.name(),
        "requestedCategory": template.requested.name(),
        "actualCategory": template.actual.map(Category::name),
    });
    tx.emit(Event {
        event_type: what,
        resource: template.id.to_string(),
        payload: details.clone(),
    })
    .await?;
    let entry = audit::entry(call, what, template.id, template.clinic, details);
    tx.audit(entry).await?;
    Ok(())
}
