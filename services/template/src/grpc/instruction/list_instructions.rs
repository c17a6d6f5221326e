//! ListInstructions.

use super::super::Api;
use crate::domain::Key;
use crate::domain::phrasebook::Locale;
use crate::error::Error;
use crate::store::InstructionList;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, Filter, all, field};

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ListInstructionsRequest,
) -> Result<pb::ListInstructionsResponse, Error> {
    let mut list = Filter::of("ListInstructions", call.organization())
        .with(&request.clinic_id)
        .with(&request.procedure)
        .with(&request.locale);
    for clinic in call.caller.clinics.filter().unwrap_or_default() {
        list = list.with(clinic);
    }
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let before = api.base.page_tokens.read(&request.page_token, &list);
    let before = fields.take("page_token", before);
    let clinic = fields.take("clinic_id", field::optional_id(&request.clinic_id));
    let procedure = fields.take("procedure", Key::optional(&request.procedure));
    let locale = Some(request.locale.as_str()).filter(|tag| !tag.is_empty());
    let locale = fields.take("locale", locale.map(Locale::parse).transpose());
    let (size, before, clinic, procedure, locale) =
        all!(fields, size, before, clinic, procedure, locale)?;

    let mut tx = api.begin(call).await?;
    let wanted = InstructionList {
        clinics: call.caller.clinics.filter(),
        clinic,
        procedure: procedure.as_ref(),
        locale,
        before,
    };
    let mut found = tx.instructions(wanted, size).await?;
    tx.commit().await?;
    let more = found.len() > size.rows();
    found.truncate(size.rows());
    let next = found.last().filter(|_| more);
    let next = next.map(|last| api.base.page_tokens.write(last.id.uuid(), &list));
    Ok(pb::ListInstructionsResponse {
        instructions: found.iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}
