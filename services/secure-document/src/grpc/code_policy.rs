//! GetCodePolicy, and what UpdateCodePolicy shares with it.

use super::convert;
use crate::domain::code_policy::{CodePolicy, CodeStop, CodeStops};
use crate::error::Error;
use crate::store::Tx;
use crate::vault::Vault;
use bitewing_proto::document as pb;
use bitewing_rpc::Call;

pub(super) async fn get(
    vault: &Vault,
    call: &Call,
    _request: pb::GetCodePolicyRequest,
) -> Result<pb::GetCodePolicyResponse, Error> {
    let mut tx = vault.begin(call).await?;
    let policy = tx.code_policy().await?;
    let policy = shown(vault, &mut tx, policy).await?;
    tx.commit().await?;
    Ok(pb::GetCodePolicyResponse {
        policy: Some(policy),
    })
}

/// A policy as it is answered: with what the operator decided, and how many codes were sent.
pub(super) async fn shown(
    vault: &Vault,
    tx: &mut Tx,
    policy: CodePolicy,
) -> Result<pb::CodePolicy, Error> {
    let (sent_today, usual_per_day) = tx.codes_lately().await?;
    Ok(pb::CodePolicy {
        etag: policy.etag(),
        daily_budget: policy.daily_budget,
        stops: stops(&policy.stops),
        operator_stops: stops(&vault.operator_stops),
        sent_today,
        usual_per_day,
    })
}

fn stops(stops: &CodeStops) -> Vec<pb::CodeStop> {
    stops.0.iter().map(stop).collect()
}

fn stop(stop: &CodeStop) -> pb::CodeStop {
    let channel = stop
        .channel
        .map_or(pb::CodeChannel::Unspecified, Into::into);
    pb::CodeStop {
        channel: channel.into(),
        region: stop.region.clone().unwrap_or_default(),
    }
}

/// The channel of a switch; unspecified is every one.
pub(super) fn stopped_channel(
    value: i32,
) -> Result<Option<crate::domain::CodeChannel>, bitewing_rpc::field::FieldError> {
    let channel = bitewing_rpc::field::optional_one_of::<pb::CodeChannel>(value)?;
    Ok(channel.and_then(convert::channel))
}
