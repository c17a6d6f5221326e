//! The layers of the guard's policy, from template's events.

use crate::store::guard_policies::{self, GuardLayer};
use async_trait::async_trait;
use bitewing_core::ClinicId;
use bitewing_store::Tx;
use bitewing_store::feed::{EventError, EventHandler, FeedEvent};

/// Takes `guard_policy.updated`.
pub(crate) struct GuardPolicyFeed;

#[async_trait]
impl EventHandler for GuardPolicyFeed {
    async fn handle(&self, event: &FeedEvent, tx: &mut Tx) -> Result<(), EventError> {
        if event.event_type != "guard_policy.updated" {
            return Ok(());
        }
        let layer = read(event).ok_or(EventError::poison("MALFORMED_GUARD_POLICY"))?;
        Ok(guard_policies::learn(tx, &layer).await?)
    }
}

fn read(event: &FeedEvent) -> Option<GuardLayer> {
    let clinic = event.payload["clinic_id"].as_str()?;
    let clinic: Option<ClinicId> = match clinic {
        "" => None,
        id => Some(id.parse().ok()?),
    };
    Some(GuardLayer {
        clinic,
        // Numbers of an event come as floating point.
        version: event.payload["version"].as_f64()? as i32,
        toml: event.payload["toml"].as_str()?.to_owned(),
    })
}
