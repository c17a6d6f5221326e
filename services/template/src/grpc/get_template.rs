//! GetTemplate.

use super::{Api, read};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetTemplateRequest,
) -> Result<pb::GetTemplateResponse, Error> {
    let id = read::template_id(&request.template_id, "template_id")?;
    let mut tx = api.begin(call).await?;
    let template = tx
        .template(id, false)
        .await?
        .ok_or(Error::TemplateNotFound)?;
    tx.commit().await?;
    Ok(pb::GetTemplateResponse {
        template: Some(template.into()),
    })
}
