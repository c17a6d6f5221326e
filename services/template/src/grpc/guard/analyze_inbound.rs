//! AnalyzeInbound.

use super::GuardApi;
use crate::error::Error;
use bitewing_guard::message::Inbound;
use bitewing_guard_desk::{read, wire};
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all};

/// Ten years: what is asked for is «soon after».
const MAX_DAYS: u16 = 3_650;

/// The days are not a number of days.
#[derive(Debug, thiserror::Error)]
#[error("must be 0 to 3650")]
struct BadDays;

pub(super) async fn run(
    guard: &GuardApi,
    _: &Call,
    request: pb::AnalyzeInboundRequest,
) -> Result<pb::AnalyzeInboundResponse, Error> {
    let mut fields = Fields::new();
    let text = fields.take("text", read::text(&request.text, read::MAX_TEXT));
    let language = fields.take("language", read::language(&request.language));
    let days = fields.take("days_since_procedure", days(request.days_since_procedure));
    let (text, language, days_since_procedure) = all!(fields, text, language, days)?;
    let context = Inbound {
        language,
        days_since_procedure,
        known_sender: false,
    };
    let analysis = guard.desk.analyze(text, context).await?;
    Ok(pb::AnalyzeInboundResponse {
        analysis: Some(wire::analysis(
            &analysis,
            read::explain_in(&request.explain_in),
        )),
    })
}

fn days(given: Option<i32>) -> Result<Option<u16>, BadDays> {
    let Some(days) = given else { return Ok(None) };
    let days = u16::try_from(days).ok().filter(|days| *days <= MAX_DAYS);
    days.map(Some).ok_or(BadDays)
}
