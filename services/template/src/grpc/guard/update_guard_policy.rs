//! UpdateGuardPolicy.

use super::super::owner;
use super::{GuardApi, convert};
use crate::error::Error;
use crate::store::{LayerVersion, Tx};
use bitewing_core::ClinicId;
use bitewing_guard::policy::{Layer, Level, Policy, PolicyError};
use bitewing_guard_desk::Layers;
use bitewing_proto::template as pb;
use bitewing_rpc::{Call, Violation, field};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    guard: &GuardApi,
    call: &Call,
    request: pb::UpdateGuardPolicyRequest,
) -> Result<pb::UpdateGuardPolicyResponse, Error> {
    let sent = request.policy.unwrap_or_default();
    let clinic: Option<ClinicId> = field::optional_id(&sent.clinic_id)
        .map_err(|error| vec![Violation::new("policy.clinic_id", error)])?;
    owner::check(call, clinic, "policy.clinic_id")?;
    let level = if clinic.is_some() {
        Level::Clinic
    } else {
        Level::Chain
    };
    // Read before anything is opened: a policy of a megabyte costs nobody a connection.
    let layer = parse(level, &sent.toml)?;

    let mut tx = guard.api.begin(call).await?;
    let chain = match clinic {
        Some(_) => tx.guard_layer(None).await?,
        None => None,
    };
    let above = chain.map(|chain| chain.toml).unwrap_or_default();
    if let Some(layer) = &layer {
        // A layer of the chain that cannot be read any more holds nobody back: the base does.
        let above = parse(Level::Chain, &above).ok().flatten();
        Policy::check(layer, above.as_slice()).map_err(|error| invalid(&error))?;
    }
    let present = tx.guard_layer(clinic).await?;
    let version = present.as_ref().map_or(0, |layer| layer.version);
    if !sent.etag.is_empty() && sent.etag != convert::etag(version) {
        return Err(Error::EtagMismatch);
    }
    let merged = match clinic {
        Some(_) => Layers {
            chain: above,
            clinic: sent.toml.clone(),
        },
        None => Layers {
            chain: sent.toml.clone(),
            clinic: String::new(),
        },
    }
    .merge();
    let unchanged = present.as_ref().map_or("", |layer| layer.toml.as_str()) == sent.toml;
    let written = if unchanged {
        present
    } else {
        Some(LayerVersion {
            version: version + 1,
            toml: sent.toml,
            author: call.caller.actor.id.clone(),
            created_at: guard.api.base.clock.now(),
        })
    };
    if let Some(layer) = written
        .as_ref()
        .filter(|_| !unchanged && !request.validate_only)
    {
        tx.insert_guard_layer(clinic, layer).await?;
        note(&mut tx, call, clinic, layer).await?;
    }
    tx.commit().await?;
    Ok(pb::UpdateGuardPolicyResponse {
        policy: Some(convert::policy(clinic, written, &merged)),
    })
}

/// Reads a layer; an empty one is none.
fn parse(level: Level, toml: &str) -> Result<Option<Layer>, Error> {
    if toml.trim().is_empty() {
        return Ok(None);
    }
    let layer = Layer::parse(level, toml).map_err(|error| invalid(&error))?;
    Ok(Some(layer))
}

/// The fault with line, column and what would be right.
fn invalid(error: &PolicyError) -> Error {
    Error::GuardPolicyInvalid(vec![Violation::new("policy.toml", error)])
}

/// The event carries the layer: whoever judges messages asks nobody while somebody writes.
async fn note(
    tx: &mut Tx,
    call: &Call,
    clinic: Option<ClinicId>,
    layer: &LayerVersion,
) -> Result<(), Error> {
    let what = "guard_policy.updated";
    let clinic_id = clinic.as_ref().map(ClinicId::to_string).unwrap_or_default();
    let resource = match clinic {
        Some(_) => clinic_id.clone(),
        None => call.organization().to_string(),
    };
    tx.emit(Event {
        event_type: what,
        resource: resource.clone(),
        payload: json!({ "clinic_id": clinic_id, "version": layer.version, "toml": layer.toml }),
    })
    .await?;
    let details = json!({ "version": layer.version });
    tx.audit(audit::entry(call, what, resource, clinic, details))
        .await?;
    Ok(())
}
