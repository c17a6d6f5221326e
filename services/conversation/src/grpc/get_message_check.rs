//! GetMessageCheck.

use super::{Api, read};
use crate::domain::{Decision, State};
use crate::error::Error;
use bitewing_guard_desk::{explain::explain, read::explain_in};
use bitewing_proto::conversation as pb;
use bitewing_proto::template::GuardVerdict;
use bitewing_rpc::Call;
use bitewing_rpc::field::to_timestamp;
use bitewing_runtime::audit;
use bitewing_store::StoreError;
use prost::Message as _;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::GetMessageCheckRequest,
) -> Result<pb::GetMessageCheckResponse, Error> {
    let id = read::id(&request.message_id, "message_id")?;
    let mut tx = api.begin(call).await?;
    let visible = call.caller.clinics.filter();
    let message = tx.message(id, visible.as_deref(), false).await?;
    let message = message.ok_or(Error::MessageNotFound)?;
    let check = tx.check(id).await?.ok_or(Error::MessageNotFound)?;
    let letter = match message.state {
        State::Held => tx.letter(id).await?,
        _ => None,
    };
    let details = json!({ "said": letter.is_some() });
    let clinic = Some(message.clinic);
    tx.audit(audit::entry(
        call,
        "message.check_read",
        id,
        clinic,
        details,
    ))
    .await?;
    tx.commit().await?;

    let mut verdict =
        GuardVerdict::decode(check.verdict.as_slice()).map_err(|_| StoreError::Tampered)?;
    let language = explain_in(&request.explain_in);
    for finding in &mut verdict.findings {
        explain(&finding.rule, language).clone_into(&mut finding.explanation);
    }
    let (subject, text) = letter
        .map(|letter| (letter.subject, letter.text))
        .unwrap_or_default();
    Ok(pb::GetMessageCheckResponse {
        verdict: Some(verdict),
        decision: pb::MessageDecision::from(check.decision).into(),
        author: check.author.id,
        decider: check.decider,
        reason: check.reason.expose().clone(),
        decide_time: check.decided_at.map(to_timestamp),
        subject,
        text,
    })
}

impl From<Decision> for pb::MessageDecision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Sent => Self::Sent,
            Decision::Waiting => Self::Waiting,
            Decision::Approved => Self::Approved,
            Decision::Rejected => Self::Rejected,
            Decision::Overridden => Self::Overridden,
        }
    }
}
