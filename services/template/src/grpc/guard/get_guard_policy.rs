//! GetGuardPolicy.

use super::{GuardApi, convert, policy, read};
use crate::error::Error;
use bitewing_proto::template as pb;
use bitewing_rpc::Call;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::GetGuardPolicyRequest,
) -> Result<pb::GetGuardPolicyResponse, Error> {
    let clinic = read::clinic(&request.clinic_id)?;
    let mut tx = guard.api.begin(call).await?;
    let layer = tx.guard_layer(clinic).await?;
    let merged = policy::within(guard, &mut tx, clinic).await?;
    tx.commit().await?;
    Ok(pb::GetGuardPolicyResponse {
        policy: Some(convert::policy(clinic, layer, &merged)),
    })
}
