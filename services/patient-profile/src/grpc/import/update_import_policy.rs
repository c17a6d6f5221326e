//! UpdateImportPolicy.

use super::super::{Api, read};
use super::say;
use crate::domain::Code as _;
use crate::domain::import::ConflictRule;
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::UpdateImportPolicyRequest,
) -> Result<pb::UpdateImportPolicyResponse, Error> {
    let rule = read::coded::<ConflictRule>(request.conflict_rule)
        .and_then(|rule| rule.ok_or(FieldError::Required))
        .map_err(|error| vec![Violation::new("conflict_rule", error)])?;
    let mut tx = api.begin(call).await?;
    if tx.conflict_rule().await? != rule {
        tx.set_conflict_rule(rule, api.base.clock.now()).await?;
        let (event_type, details) = (
            "import_policy.updated",
            json!({ "conflict_rule": rule.code() }),
        );
        tx.emit(Event {
            event_type,
            resource: call.organization().to_string(),
            payload: details.clone(),
        })
        .await?;
        let line = audit::entry(call, event_type, call.organization(), None, details);
        tx.audit(line).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateImportPolicyResponse {
        policy: Some(say::policy(rule)),
    })
}
