//! RenderTemplate.

use super::{Api, read, said};
use crate::domain::{Marker, Slot, render};
use crate::error::Error;
use bitewing_core::Language;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Violation, all};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::RenderTemplateRequest,
) -> Result<pb::RenderTemplateResponse, Error> {
    let mut fields = Fields::new();
    let kind = fields.take("kind", read::kind(request.kind));
    let channel = fields.take("channel", read::channel(request.channel));
    let marker = fields.take("secret_marker", Marker::parse(&request.secret_marker));
    let values = read::values(&mut fields, request.variables);
    if let Some(marker) = &marker
        && values.values().any(|value| value.contains(marker.as_str()))
    {
        fields.note("secret_marker", "must not appear in a value");
    }
    let (kind, channel, marker) = all!(fields, kind, channel, marker)?;
    // A language nobody wrote in is answered in English; the answer says so.
    let language = request.language.parse::<Language>().unwrap_or(Language::En);
    let slot = Slot::new(kind, language, channel)
        .map_err(|error| vec![Violation::new("channel", error)])?;

    let wording = said::in_exactly(api, call, slot).await?;
    let message = render(slot, &wording, &values, &marker)?;
    Ok(pb::RenderTemplateResponse {
        message: Some(message.into()),
    })
}
