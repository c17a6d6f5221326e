//! CreateTemplate.

use super::{Api, note, read};
use crate::domain::Template;
use crate::error::Error;
use bitewing_core::TemplateId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateTemplateRequest,
) -> Result<pb::CreateTemplateResponse, Error> {
    let id = field::request_id(&request.request_id)
        .map_err(|error| vec![Violation::new("request_id", error)])?;
    let once = Once::new(call, "CreateTemplate", id, &request);
    let sent = request
        .template
        .ok_or_else(|| vec![Violation::new("template", FieldError::Required)])?;
    let slot = read::slot(&sent)?;
    let wording = read::wording(slot, &sent.subject, &sent.body)?;

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let id = TemplateId::from_uuid(api.base.ids.next());
    let template = Template::begin(id, slot, wording, api.base.clock.now());
    tx.insert_template(&template).await?;
    note::run(&mut tx, call, "template.created", &template).await?;
    let answer = pb::CreateTemplateResponse {
        template: Some(template.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
