//! ListTemplates.

use super::{Api, convert, read};
use crate::domain::{Slot, Template, built_in};
use crate::error::Error;
use bitewing_core::Language;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};
use std::collections::BTreeMap;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListTemplatesRequest,
) -> Result<pb::ListTemplatesResponse, Error> {
    let list = Filter::of("ListTemplates", call.organization())
        .with(request.kind.to_be_bytes())
        .with(&request.language);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let token = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let after = fields.take("page_token", token);
    let kind = (request.kind != 0)
        .then(|| read::kind(request.kind))
        .transpose();
    let kind = fields.take("kind", kind);
    let language = Some(&request.language).filter(|tag| !tag.is_empty());
    let language = fields.take(
        "language",
        language.map(|tag| tag.parse::<Language>()).transpose(),
    );
    let (size, after, kind, language) = all!(fields, size, after, kind, language)?;

    let mut tx = api.begin(call).await?;
    let own: BTreeMap<Slot, Template> = tx
        .templates()
        .await?
        .into_iter()
        .map(|template| (template.slot, template))
        .collect();
    tx.commit().await?;
    // The number of slots is fixed and small: the page is cut here, by the slot's place among all.
    let after = after
        .and_then(|key| key.first().map(|place| usize::from(*place) + 1))
        .unwrap_or(0);
    let wanted = |slot: &Slot| {
        kind.is_none_or(|kind| slot.kind == kind)
            && language.is_none_or(|language| slot.language == language)
    };
    let mut slots = Slot::all()
        .enumerate()
        .skip(after)
        .filter(|(_, slot)| wanted(slot))
        .peekable();
    let page: Vec<_> = slots.by_ref().take(size.rows()).collect();
    let next = page
        .last()
        .filter(|_| slots.peek().is_some())
        .map(|(place, _)| *place as u8);
    let next = next.map(|place| api.base.page_tokens.write_bytes(&[place], &list));
    Ok(pb::ListTemplatesResponse {
        templates: page
            .into_iter()
            .map(|(_, slot)| match own.get(&slot) {
                Some(template) => template.clone().into(),
                None => convert::built_in(slot, built_in(slot)),
            })
            .collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
