//! PreviewTemplate.

use super::{Api, read, said};
use crate::domain::{render, sample};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::PreviewTemplateRequest,
) -> Result<pb::PreviewTemplateResponse, Error> {
    let draft = request.template.unwrap_or_default();
    let slot = read::slot(&draft)?;
    let wording = if draft.body.is_empty() {
        said::in_exactly(api, call, slot).await?
    } else {
        read::wording(slot, &draft.subject, &draft.body)?
    };
    let (values, marker, secret) = sample(slot);
    let mut message = render(slot, &wording, &values, &marker)?;
    message.text = message.text.replace(marker.as_str(), secret);
    message.html = message.html.replace(marker.as_str(), secret);
    Ok(pb::PreviewTemplateResponse {
        message: Some(message.into()),
    })
}
