//! What every change of a scenario leaves behind: an event and a line of audit.

use crate::domain::scenario::{Owned, Scenario};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::ClinicId;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    (scenario, owned): (&Scenario, &Owned),
) -> Result<(), Error> {
    let details = json!({
        "intent": scenario.spot.intent.as_str(),
        "service": scenario.spot.service_text(),
        "locale": scenario.spot.locale.tag(),
        "clinic_id": owned.clinic.as_ref().map(ClinicId::to_string),
        "version": owned.version,
    });
    tx.emit(Event {
        event_type: what,
        resource: owned.id.to_string(),
        payload: details.clone(),
    })
    .await?;
    tx.audit(audit::entry(call, what, owned.id, owned.clinic, details))
        .await?;
    Ok(())
}
