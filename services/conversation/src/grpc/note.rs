//! What every change of a clinic leaves behind: an event other services live on, and a line of audit.

use crate::domain::{Clinic, Logo};
use crate::error::Error;
use crate::store::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_core::ClinicId;
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
        "email": clinic.card.email,
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

/// The event carries the picture itself: whoever shows it has no other way to learn it, and asks
/// nobody while a patient waits.
pub(super) async fn logo(
    tx: &mut Tx,
    call: &Call,
    clinic: ClinicId,
    logo: Option<&Logo>,
) -> Result<(), Error> {
    let what = "clinic.logo_changed";
    let payload = logo.map_or_else(
        || json!({}),
        |logo| {
            json!({
                "media_type": logo.media_type,
                "width": logo.width,
                "height": logo.height,
                "image": STANDARD.encode(&logo.image),
            })
        },
    );
    tx.emit(Event {
        event_type: what,
        resource: clinic.to_string(),
        payload,
    })
    .await?;
    let details = json!({ "bytes": logo.map_or(0, |logo| logo.image.len()) });
    tx.audit(audit::entry(call, what, clinic, Some(clinic), details))
        .await?;
    Ok(())
}
