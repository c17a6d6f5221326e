//! CreateLink.

use super::convert;
use super::make_link::{End, Wish, draft, reach};
use crate::domain::link::{DEFAULT_LIFE, DEFAULT_UNLOCKS, MAX_DOCUMENTS, MAX_UNLOCKS};
use crate::error::Error;
use crate::store::Author;
use crate::vault::Vault;
use bitewing_core::{DocumentId, PatientId};
use bitewing_proto::document as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, Violation, all, field};
use bitewing_runtime::Once;
use uuid::Uuid;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::CreateLinkRequest,
) -> Result<pb::CreateLinkResponse, Error> {
    let (wish, request_id) = read(&request)?;
    let once = Once::new(call, "CreateLink", request_id, &request);
    let reached = reach(vault, call, &wish).await?;

    let mut tx = vault.begin(call).await?;
    if request.validate_only {
        let link = draft(vault, call, &mut tx, wish, reached).await?.preview();
        let link = pb::Link {
            link_id: String::new(),
            ..link.into()
        };
        return Ok(pb::CreateLinkResponse { link: Some(link) });
    }
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    let draft = draft(vault, call, &mut tx, wish, reached).await?;
    let link = draft.make(vault, &mut tx, &Author::caller(call)).await?;
    let answer = pb::CreateLinkResponse {
        link: Some(link.into()),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

fn read(request: &pb::CreateLinkRequest) -> Result<(Wish, Option<Uuid>), Vec<Violation>> {
    let mut fields = Fields::new();
    let patient = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let documents = documents(&mut fields, &request.document_ids);
    let channel = field::optional_one_of::<pb::CodeChannel>(request.code_channel);
    let channel = fields.take("code_channel", channel);
    let end = fields.take(
        "expire_time",
        request.expire_time.map(field::timestamp).transpose(),
    );
    let max_unlocks = match request.max_unlocks {
        0 => Ok(DEFAULT_UNLOCKS),
        count @ 1..=MAX_UNLOCKS => Ok(count),
        _ => Err("must be 1 to 10"),
    };
    let max_unlocks = fields.take("max_unlocks", max_unlocks);
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let (patient, channel, end, max_unlocks, request_id) =
        all!(fields, patient, channel, end, max_unlocks, request_id)?;
    let wish = Wish {
        patient,
        documents,
        code_channel: channel.and_then(convert::channel),
        end: end.map_or(End::After(DEFAULT_LIFE), End::At),
        max_unlocks,
        reissued_from: None,
    };
    Ok((wish, request_id))
}

fn documents(fields: &mut Fields, sent: &[String]) -> Vec<DocumentId> {
    if sent.is_empty() {
        fields.note("document_ids", FieldError::Required);
    }
    if sent.len() > MAX_DOCUMENTS {
        fields.note("document_ids", FieldError::TooMany(MAX_DOCUMENTS));
        return Vec::new();
    }
    let mut ids = Vec::with_capacity(sent.len());
    for (index, text) in sent.iter().enumerate() {
        let path = format!("document_ids[{index}]");
        if let Some(id) = fields.take(&path, field::id::<DocumentId>(text)) {
            if ids.contains(&id) {
                fields.note(path, "must not repeat another one");
            }
            ids.push(id);
        }
    }
    ids
}
