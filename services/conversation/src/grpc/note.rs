//! What every change of a clinic leaves behind: an event other services live on, and a line of audit.

use crate::domain::Clinic;
use crate::error::Error;
use crate::store::Tx;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn clinic(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    clinic: &Clinic,
) -> Result<(), Error> {
    let payload = json!({
        "display_name": clinic.card.display_name,
        "phone": clinic.card.phone,
        "region": clinic.card.region,
        "language": clinic.card.language.tag(),
        "time_zone": clinic.card.time_zone,
    });
    tx.emit(Event {
        event_type: what,
        resource: clinic.id.to_string(),
        payload,
    })
    .await?;
    let details = json!({ "version": clinic.version });
    tx.audit(audit::entry(
        call,
        what,
        clinic.id,
        Some(clinic.id),
        details,
    ))
    .await?;
    Ok(())
}
