//! UpdateCodePolicy.

use super::code_policy::{shown, stopped_channel};
use crate::domain::code_policy::{
    CodePolicy, CodeStop, CodeStops, DEFAULT_BUDGET, MAX_BUDGET, MAX_STOPS,
};
use crate::error::Error;
use crate::store::{Author, trail};
use crate::vault::Vault;
use bitewing_auth::Clinics;
use bitewing_core::phone::is_region;
use bitewing_proto::document as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Call, Fields, Violation, all};
use serde_json::json;

pub(super) async fn run(
    vault: &Vault,
    call: &Call,
    request: pb::UpdateCodePolicyRequest,
) -> Result<pb::UpdateCodePolicyResponse, Error> {
    let sent = request
        .policy
        .ok_or_else(|| vec![Violation::new("policy", FieldError::Required)])?;
    let (daily_budget, stops) = read(&sent)?;
    // It holds for every clinic.
    if call.caller.clinics != Clinics::All {
        return Err(Error::Forbidden);
    }
    let mut tx = vault.begin(call).await?;
    let current = tx.code_policy().await?;
    if !current.matches(&sent.etag) {
        return Err(Error::EtagMismatch);
    }
    let policy = CodePolicy {
        daily_budget,
        stops,
        version: current.version,
    };
    if policy == current && current.version > 0 {
        let policy = shown(vault, &mut tx, policy).await?;
        tx.commit().await?;
        return Ok(pb::UpdateCodePolicyResponse {
            policy: Some(policy),
        });
    }
    let policy = CodePolicy {
        version: current.version + 1,
        ..policy
    };
    if !tx.write_code_policy(&policy).await? {
        return Err(Error::Conflict);
    }
    let stops: Vec<_> = policy.stops.0.iter().map(ToString::to_string).collect();
    let payload = json!({ "daily_budget": policy.daily_budget, "stops": stops });
    let author = Author::caller(call);
    trail::organization(&mut tx, &author, "codes.policy_changed", payload).await?;
    let policy = shown(vault, &mut tx, policy).await?;
    tx.commit().await?;
    Ok(pb::UpdateCodePolicyResponse {
        policy: Some(policy),
    })
}

fn read(sent: &pb::CodePolicy) -> Result<(i32, CodeStops), Vec<Violation>> {
    let mut fields = Fields::new();
    let budget = match sent.daily_budget {
        0 => Ok(DEFAULT_BUDGET),
        budget @ 1..=MAX_BUDGET => Ok(budget),
        _ => Err("must be 1 to 100,000"),
    };
    let budget = fields.take("policy.daily_budget", budget);
    let mut stops: Vec<CodeStop> = Vec::new();
    if sent.stops.len() > MAX_STOPS {
        fields.note("policy.stops", FieldError::TooMany(MAX_STOPS));
    }
    for (index, stop) in sent.stops.iter().take(MAX_STOPS).enumerate() {
        let path = format!("policy.stops[{index}]");
        let channel = fields.take(format!("{path}.channel"), stopped_channel(stop.channel));
        let region = match stop.region.as_str() {
            "" => Ok(None),
            region if is_region(region) => Ok(Some(region.to_owned())),
            _ => Err("must be a CLDR region, as CA, or empty"),
        };
        let region = fields.take(format!("{path}.region"), region);
        if let (Some(channel), Some(region)) = (channel, region) {
            let stop = CodeStop { channel, region };
            if stops.contains(&stop) {
                fields.note(path, "must not repeat another one");
            }
            stops.push(stop);
        }
    }
    let (budget,) = all!(fields, budget)?;
    Ok((budget, CodeStops(stops)))
}
