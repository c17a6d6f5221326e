//! GetWhatsAppTemplate.

use super::super::Api;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: &pb::GetWhatsAppTemplateRequest,
) -> Result<pb::GetWhatsAppTemplateResponse, Error> {
    let id = field::id(&request.whats_app_template_id)
        .map_err(|error| vec![Violation::new("whats_app_template_id", error)])?;
    let mut tx = api.begin(call).await?;
    let template = tx.registered(id).await?;
    tx.commit().await?;
    let seen = template.filter(|template| {
        let clinic = template.clinic;
        clinic.is_none_or(|clinic| call.caller.clinics.allow(clinic))
    });
    Ok(pb::GetWhatsAppTemplateResponse {
        template: Some(seen.ok_or(Error::WhatsAppTemplateNotFound)?.into()),
    })
}
