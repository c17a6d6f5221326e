//! CheckMessage.

use super::{GuardApi, policy};
use crate::error::Error;
use bitewing_auth::ActorKind;
use bitewing_core::ClinicId;
use bitewing_guard::message::Outbound;
use bitewing_guard_desk::{Question, read, wire, writer};
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Fields, all, field};
use std::sync::Arc;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::CheckMessageRequest,
) -> Result<pb::CheckMessageResponse, Error> {
    let mut fields = Fields::new();
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let text = fields.take("text", read::text(&request.text, read::MAX_TEXT));
    let context = read::context(&mut fields, &request.context.unwrap_or_default());
    let asked = fields.take("operator_role", read::role(request.operator_role));
    let (clinic, text, context, asked) = all!(fields, clinic, text, context, asked)?;
    // A person sees what they themselves may send; a program asks for whoever sits before it.
    let operator_role = match call.caller.actor.kind {
        ActorKind::User => writer::role_of(&call.caller),
        _ => asked,
    };
    let policy = policy::of(guard, call, clinic).await?;
    let question = Question {
        text,
        context: Outbound {
            operator_role,
            ..context
        },
        policy: Arc::clone(&policy),
        suggest: request.suggest,
    };
    let verdict = guard.desk.check(question).await?;
    let language = read::explain_in(&request.explain_in);
    Ok(pb::CheckMessageResponse {
        verdict: Some(wire::verdict(&verdict, &policy, language)),
    })
}
