//! ReportWhatsAppTemplate.

use super::super::Api;
use super::{category_of, note, standing_of};
use crate::domain::whats_app::Standing;
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};

/// Characters of a name at WhatsApp.
const MAX_NAME: usize = 512;
/// Characters of a language at WhatsApp.
const MAX_LANGUAGE: usize = 15;
/// Characters of a reason.
const MAX_REASON: usize = 500;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: &pb::ReportWhatsAppTemplateRequest,
) -> Result<pb::ReportWhatsAppTemplateResponse, Error> {
    let mut fields = Fields::new();
    let name = fields.take("name", field::text(&request.name, 1..=MAX_NAME));
    let language = field::text(&request.language, 1..=MAX_LANGUAGE);
    let language = fields.take("language", language);
    let state = fields.take("state", field::optional_one_of(request.state));
    let category = fields.take("category", field::optional_one_of(request.category));
    let reason = field::optional_text(&request.reason, MAX_REASON);
    let reason = fields.take("reason", reason);
    let standing = state.flatten().and_then(standing_of);
    if standing == Some(Standing::Requested) {
        fields.note("state", "must be what WhatsApp says");
    }
    let (name, language, category, reason) = all!(fields, name, language, category, reason)?;

    let mut tx = api.begin(call).await?;
    let template = tx.registered_as(&name, &language).await?;
    let seen = template.filter(|template| {
        let clinic = template.clinic;
        clinic.is_none_or(|clinic| call.caller.clinics.allow(clinic))
    });
    let mut template = seen.ok_or(Error::WhatsAppTemplateNotFound)?;
    let category = category.and_then(category_of);
    let now = api.base.clock.now();
    if template.take(standing, category, reason.unwrap_or_default(), now) {
        tx.update_registered(&template).await?;
        note(&mut tx, call, "whats_app_template.reported", &template).await?;
    }
    tx.commit().await?;
    Ok(pb::ReportWhatsAppTemplateResponse {
        template: Some(template.into()),
    })
}
