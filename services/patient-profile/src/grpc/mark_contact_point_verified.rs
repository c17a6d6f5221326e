//! MarkContactPointVerified.

use super::{Api, mark_contact_point};
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields};
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::MarkContactPointVerifiedRequest,
) -> Result<pb::MarkContactPointVerifiedResponse, Error> {
    let fields = Fields::new();
    let target =
        mark_contact_point::target(fields, &request.patient_id, request.kind, &request.value)?;
    let verified = request.verified;
    let details = json!({ "verified": verified });
    let patient = mark_contact_point::run(
        api,
        call,
        target,
        |patient, is, stamp| patient.mark_verified(is, verified, stamp),
        details,
    )
    .await?;
    Ok(pb::MarkContactPointVerifiedResponse {
        patient: Some(patient.into()),
    })
}
