//! CreateInstruction.

use super::super::{Api, owner};
use super::{note, read};
use crate::domain::Key;
use crate::domain::instruction::{Instruction, State, body};
use crate::domain::phrasebook::Locale;
use crate::error::Error;
use bitewing_core::InstructionId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Call, Fields, Violation, all};
use bitewing_runtime::Once;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::CreateInstructionRequest,
) -> Result<pb::CreateInstructionResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("request_id", field::request_id(&request.request_id));
    let Some(sent) = &request.instruction else {
        return Err(vec![Violation::new("instruction", FieldError::Required)].into());
    };
    let kind = fields.take("instruction.kind", read::kind(sent.kind));
    let procedure = fields.take("instruction.procedure", Key::parse(&sent.procedure));
    let locale = fields.take("instruction.locale", Locale::parse(&sent.locale));
    let clinic = fields.take("instruction.clinic_id", field::optional_id(&sent.clinic_id));
    let title = field::text(&sent.title, 1..=read::MAX_TITLE);
    let title = fields.take("instruction.title", title);
    let body = fields.take("instruction.body", body(&sent.body));
    let (id, kind, procedure, locale, clinic, title, body) =
        all!(fields, id, kind, procedure, locale, clinic, title, body)?;
    owner::check(call, clinic, "instruction.clinic_id")?;
    let once = Once::new(call, "CreateInstruction", id, &request);

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let now = api.base.clock.now();
    let draft = Instruction {
        id: InstructionId::from_uuid(api.base.ids.next()),
        version: 1,
        clinic,
        kind,
        procedure,
        locale,
        title,
        body,
        state: State::Draft,
        newest: true,
        revision: 1,
        written_by: read::actor(call),
        decided: None,
        created_at: now,
        updated_at: now,
    };
    tx.insert_instruction(&draft).await?;
    note::version(&mut tx, call, "instruction.created", &draft).await?;
    let answer = pb::CreateInstructionResponse {
        instruction: Some((&draft).into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
