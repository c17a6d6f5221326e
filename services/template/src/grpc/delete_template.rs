//! DeleteTemplate.

use super::{Api, note, read};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::DeleteTemplateRequest,
) -> Result<pb::DeleteTemplateResponse, Error> {
    let id = read::template_id(&request.template_id, "template_id")?;
    let mut tx = api.begin(call).await?;
    let template = tx
        .template(id, true)
        .await?
        .ok_or(Error::TemplateNotFound)?;
    tx.delete_template(id).await?;
    note::run(&mut tx, call, "template.deleted", &template).await?;
    tx.commit().await?;
    Ok(pb::DeleteTemplateResponse {})
}
