//! EvaluateReply: nothing of the text is kept.

use super::super::Api;
use crate::domain::reply::{Context, Verdict, Why, read, version};
use crate::error::Error;
use bitewing_core::Language;
use bitewing_proto::patient as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, all};

/// The longest reply, in characters: a long text message in parts, and then some.
const MAX: usize = 4_096;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: &pb::EvaluateReplyRequest,
) -> Result<pb::EvaluateReplyResponse, Error> {
    let mut fields = Fields::new();
    // What a patient writes is not refused for its characters, only for its length.
    let text = if request.text.chars().count() > MAX {
        Err(FieldError::Length { min: 0, max: MAX })
    } else {
        Ok(request.text.as_str())
    };
    let text = fields.take("text", text);
    let language = Some(&request.language).filter(|tag| !tag.is_empty());
    let language = language.map(|tag| tag.parse::<Language>()).transpose();
    let language = fields.take("language", language);
    let (text, language) = all!(fields, text, language)?;
    let mut tx = api.begin(call).await?;
    let additions = tx.keyword_additions(false).await?;
    tx.commit().await?;
    let context = Context {
        language,
        visit_question_open: request.visit_question_open,
        stopped: request.stopped,
    };
    let reading = read(text, context, &additions);
    Ok(pb::EvaluateReplyResponse {
        verdict: match reading.verdict {
            Verdict::None => pb::ReplyVerdict::None,
            Verdict::OptOut => pb::ReplyVerdict::OptOut,
            Verdict::OptIn => pb::ReplyVerdict::OptIn,
            Verdict::Help => pb::ReplyVerdict::Help,
            Verdict::Ambiguous => pb::ReplyVerdict::Ambiguous,
        }
        .into(),
        reason: match reading.why {
            Why::NoWord => pb::ReplyReason::NoWord,
            Why::CarrierWord => pb::ReplyReason::CarrierWord,
            Why::OwnWord => pb::ReplyReason::OwnWord,
            Why::OtherLanguage => pb::ReplyReason::OtherLanguage,
            Why::VisitQuestion => pb::ReplyReason::VisitQuestion,
            Why::WordAndMore => pb::ReplyReason::WordAndMore,
            Why::InSentence => pb::ReplyReason::InSentence,
        }
        .into(),
        word: reading.word,
        language: reading
            .language
            .map(|language| language.tag().to_owned())
            .unwrap_or_default(),
        everything: reading.everything,
        visit: reading.visit,
        tables_version: i32::try_from(version()).unwrap_or_default(),
        additions_version: additions.version,
    })
}
