//! CheckLanguage.

use super::GuardApi;
use crate::error::Error;
use bitewing_guard_desk::read;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all};

pub(super) async fn run(
    guard: &GuardApi,
    _: &Call,
    request: pb::CheckLanguageRequest,
) -> Result<pb::CheckLanguageResponse, Error> {
    let mut fields = Fields::new();
    let text = fields.take("text", read::text(&request.text, read::MAX_TEXT));
    let hint = fields.take("hint", read::language(&request.hint));
    let (text, hint) = all!(fields, text, hint)?;
    let guess = guard.desk.language(text, hint).await?;
    Ok(pb::CheckLanguageResponse {
        language: guess.language.tag().to_owned(),
        confidence: guess.confidence,
    })
}
