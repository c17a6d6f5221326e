//! UpdateTemplate.

use super::{Api, note, read};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation};
use prost_types::FieldMask;

/// The fields a caller may change.
const FIELDS: [&str; 2] = ["subject", "body"];

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateTemplateRequest,
) -> Result<pb::UpdateTemplateResponse, Error> {
    let sent = request.template.unwrap_or_default();
    let id = read::template_id(&sent.template_id, "template.template_id")?;
    let mask = mask(request.update_mask, &sent)?;

    let mut tx = api.begin(call).await?;
    let mut template = tx
        .template(id, true)
        .await?
        .ok_or(Error::TemplateNotFound)?;
    if !template.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let masked = |field, sent: String, current: &str| {
        if mask.contains(&field) {
            sent
        } else {
            current.to_owned()
        }
    };
    let subject = masked("subject", sent.subject, template.wording.subject());
    let body = masked("body", sent.body, template.wording.body());
    let wording = read::wording(template.slot, &subject, &body)?;
    if template.change(wording, api.base.clock.now()) {
        tx.update_template(&template).await?;
        note::run(&mut tx, call, "template.updated", &template).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateTemplateResponse {
        template: Some(template.into()),
    })
}

/// The fields to change: those named, both for `*`, those that are set where nothing is named.
fn mask(mask: Option<FieldMask>, sent: &pb::Template) -> Result<Vec<&'static str>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        let set = [!sent.subject.is_empty(), !sent.body.is_empty()];
        return Ok(FIELDS
            .into_iter()
            .zip(set)
            .filter(|(_, set)| *set)
            .map(|(f, _)| f)
            .collect());
    }
    if paths == ["*"] {
        return Ok(FIELDS.to_vec());
    }
    let known = |(index, path): (usize, &String)| {
        FIELDS
            .into_iter()
            .find(|field| field == path)
            .ok_or_else(|| {
                let field = format!("update_mask.paths[{index}]");
                vec![Violation::new(field, "must be subject or body")]
            })
    };
    paths.iter().enumerate().map(known).collect()
}
