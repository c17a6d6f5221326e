//! MarkContactPointUnreachable.

use super::{Api, mark_contact_point, read};
use crate::domain::{UnreachableReason, code_or_zero};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::MarkContactPointUnreachableRequest,
) -> Result<pb::MarkContactPointUnreachableResponse, Error> {
    let mut fields = Fields::new();
    let reason = fields.take("reason", read::coded::<UnreachableReason>(request.reason));
    let target =
        mark_contact_point::target(fields, &request.patient_id, request.kind, &request.value)?;
    let reason = reason.flatten();
    let name = pb::UnreachableReason::try_from(i32::from(code_or_zero(reason)));
    let name = name.unwrap_or_default().as_str_name();
    let details = json!({ "unreachable": reason.is_some(), "reason": name });
    let patient = mark_contact_point::run(
        api,
        call,
        target,
        |patient, is, stamp| patient.mark_unreachable(is, reason, stamp),
        details,
    )
    .await?;
    Ok(pb::MarkContactPointUnreachableResponse {
        patient: Some(patient.into()),
    })
}
