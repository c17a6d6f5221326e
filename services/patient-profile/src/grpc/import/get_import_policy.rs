//! GetImportPolicy.

use super::super::Api;
use super::say;
use crate::error::Error;
use bitewing_proto::patient as pb;
use bitewing_rpc::Call;

pub(super) async fn run(api: &Api, call: &Call) -> Result<pb::GetImportPolicyResponse, Error> {
    let mut tx = api.begin(call).await?;
    let rule = tx.conflict_rule().await?;
    tx.commit().await?;
    Ok(pb::GetImportPolicyResponse {
        policy: Some(say::policy(rule)),
    })
}
